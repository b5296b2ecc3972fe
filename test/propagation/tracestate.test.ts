import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { createTraceState, formatTraceState, parseTraceState } from '../../src/propagation/tracestate.ts'
import type { TraceState } from '../../src/types/span.ts'
import { anyText, traceStateKey, traceStateMembers, traceStateValue } from '../support/arbitraries-propagation.ts'

const KEY_CHARS = 'abcdefghijklmnopqrstuvwxyz0123456789_-*/@'
/** 0x20 to 0x7e without comma and equals sign. */
const VALUE_CHARS = Array.from({ length: 95 }, (_, i) => String.fromCharCode(0x20 + i))
  .filter(char => char !== ',' && char !== '=')
  .join('')

const ACCEPTED: [what: string, text: string, serialized: string][] = [
  ['order kept', 'foo=1,bar=2', 'foo=1,bar=2'],
  ['an empty member', 'foo=1, ,bar=2', 'foo=1,bar=2'],
  ['empty members at the ends', ',foo=1,,', 'foo=1'],
  ['a blank in front', ' foo=1', 'foo=1'],
  ['a tab behind', 'foo=1 \t', 'foo=1'],
  ['blanks around the comma', 'foo=1 \t , \t bar=2', 'foo=1,bar=2'],
  ['headers joined by comma and space', 'foo=1, bar=2, baz=3', 'foo=1,bar=2,baz=3'],
  ['the same key twice', 'foo=1,foo=2', 'foo=1'],
  ['the same key twice, the same value', 'foo=1,bar=2,foo=1', 'foo=1,bar=2'],
  ['a key that another one begins with', 'foobar=1,foo=2', 'foobar=1,foo=2'],
  ['an @ at the end of a key', 'foo@=1,bar=2', 'foo@=1,bar=2'],
  ['two @ in a row', 'foo@@bar=1,bar=2', 'foo@@bar=1,bar=2'],
  ['two @', 'foo@bar@baz=1', 'foo@bar@baz=1'],
  ['a key that begins with a digit', '0foo=1', '0foo=1'],
  ['every character of a key', `${KEY_CHARS}=1`, `${KEY_CHARS}=1`],
  ['every character of a value', `foo=${VALUE_CHARS}`, `foo=${VALUE_CHARS}`],
  ['spaces in front of a value', 'foo=  1,bar= 2', 'foo=  1,bar= 2'],
  ['a key of 256 characters', `${'z'.repeat(256)}=1`, `${'z'.repeat(256)}=1`],
  ['a value of 256 characters', `foo=${'z'.repeat(256)}`, `foo=${'z'.repeat(256)}`],
  ['32 members', members(32), members(32)],
]

const REFUSED: [what: string, text: string][] = [
  ['an empty header', ''],
  ['blanks only', ' \t '],
  ['commas only', ' , ,, '],
  ['a space behind a key', 'foo =1'],
  ['a tab behind a key', 'foo\t=1'],
  ['an upper-case key', 'FOO=1'],
  ['a dot in a key', 'foo.bar=1'],
  ['an @ at the start of a key', '@foo=1,bar=2'],
  ['a _ at the start of a key', '_foo=1'],
  ['an equals sign in a value', 'foo=bar=baz'],
  ['an empty value', 'foo=,bar=3'],
  ['a blank value', 'foo= ,bar=3'],
  ['an empty key', '=1,bar=3'],
  ['no equals sign', 'foo,bar=3'],
  ['no equals sign at the end', 'bar=3,foo'],
  ['a tab in a value', 'foo=a\tb'],
  ['a line break in a value', 'foo=a\r\nb'],
  ['a line break at the end', 'foo=a\n'],
  ['a letter outside ASCII', 'foo=é'],
  ['a key of 257 characters', `${'z'.repeat(257)}=1`],
  ['a value of 257 characters', `foo=${'z'.repeat(257)}`],
  ['33 members', members(33)],
  ['33 members of one key', 'foo=1,'.repeat(33)],
  ['a bad member behind good ones', 'foo=1,bar=2,B=3'],
]

for (const [what, text, serialized] of ACCEPTED) {
  test(`accepts ${what}`, () => assert.equal(parseTraceState(text)?.serialize(), serialized))
}

for (const [what, text] of REFUSED) {
  test(`discards the whole header for ${what}`, () => assert.equal(parseTraceState(text), undefined))
}

test('a list is read up to the longest that the grammar allows', () => {
  const longest = Array.from({ length: 32 }, (_, i) => member(i, 513)).join(',')
  assert.equal(longest.length, 16_447)
  assert.equal(parseTraceState(longest)?.serialize(), longest.split(',').slice(0, 3).join(','))
  assert.equal(parseTraceState(`${longest} `), undefined)
  assert.equal(parseTraceState('foo=1'.padStart(10_000_000, ',')), undefined)
})

test('get returns the value of exactly this key', () => {
  const state = createTraceState('foobar=1,foo=2, bar= 3')
  assert.equal(state.get('foo'), '2')
  assert.equal(state.get('foobar'), '1')
  assert.equal(state.get('bar'), ' 3')
  assert.equal(state.get('fo'), undefined)
  assert.equal(state.get(''), undefined)
})

const CHANGES: [what: string, change: (state: TraceState) => TraceState, serialized: string][] = [
  ['a new key goes to the front', state => state.set('new', '9'), 'new=9,a=1,b=2,c=3'],
  ['a changed key moves to the front', state => state.set('b', '9'), 'b=9,a=1,c=3'],
  ['the front key changes in place', state => state.set('a', '9'), 'a=9,b=2,c=3'],
  ['unset removes the key', state => state.unset('b'), 'a=1,c=3'],
  ['unset of an absent key', state => state.unset('d'), 'a=1,b=2,c=3'],
  ['the last key removed', state => state.unset('a').unset('b').unset('c'), ''],
  ['a bad key is not set', state => state.set('A', '9'), 'a=1,b=2,c=3'],
  ['an empty key is not set', state => state.set('', '9'), 'a=1,b=2,c=3'],
  ['an empty value is not set', state => state.set('a', ''), 'a=1,b=2,c=3'],
  ['a value that ends in a space is not set', state => state.set('a', '9 '), 'a=1,b=2,c=3'],
  ['a value with a line break is not set', state => state.set('a', '9\r\nb: c'), 'a=1,b=2,c=3'],
  ['a value that is no string is not set', state => state.set('a', 9 as unknown as string), 'a=1,b=2,c=3'],
]

for (const [what, change, serialized] of CHANGES) {
  test(`${what}, and the list it was made from stays`, () => {
    const state = createTraceState('a=1,b=2,c=3')
    assert.equal(change(state).serialize(), serialized)
    assert.equal(state.serialize(), 'a=1,b=2,c=3')
  })
}

test('a 33rd member pushes out the right-most, a changed one does not', () => {
  const full = createTraceState(members(32))
  const pushed = full.set('new', '1')
  assert.equal(pushed.serialize(), `new=1,${members(31)}`)
  assert.equal(full.set('k31', 'x').get('k30'), 'v30')
})

test('a list of up to 2,048 characters is kept whole', () => {
  const text = [member(0, 513), member(1, 513), member(2, 513), member(3, 506)].join(',')
  assert.equal(text.length, 2_048)
  assert.equal(parseTraceState(text)?.serialize(), text)
})

test('a longer list first loses members of over 128 characters, from the right', () => {
  const short = member(4, 128)
  const text = [member(0, 513), member(1, 513), member(2, 513), member(3, 513), short].join(',')
  const kept = [member(0, 513), member(1, 513), member(2, 513), short].join(',')
  assert.equal(parseTraceState(text)?.serialize(), kept)
})

test('then it loses members from the right', () => {
  const text = Array.from({ length: 32 }, (_, i) => member(i, 100)).join(',')
  assert.equal(parseTraceState(text)?.serialize(), text.split(',').slice(0, 20).join(','))
})

test('the member set last is never the one that is cut', () => {
  const full = createTraceState(Array.from({ length: 16 }, (_, i) => member(i, 127)).join(','))
  const added = full.set('z'.repeat(256), 'v'.repeat(256)).serialize()
  assert.ok(added.startsWith('zzz'))
  assert.ok(added.length <= 2_048 && added.length > 2_048 - 128)
})

test('createTraceState starts empty without a text or with a malformed one', () => {
  assert.equal(createTraceState().serialize(), '')
  assert.equal(createTraceState('A=1').serialize(), '')
  assert.equal(createTraceState().set('a', '1').serialize(), 'a=1')
})

const FOREIGN: [what: string, serialize: () => unknown, formatted: string][] = [
  ['a good list', () => ' foo=1 , bar=2', 'foo=1,bar=2'],
  ['a line break', () => 'foo=1\r\nset-cookie: a=b', ''],
  ['no text', () => undefined, ''],
  ['a throw', () => assert.fail('serialize'), ''],
]

for (const [what, serialize, formatted] of FOREIGN) {
  test(`another implementation that serializes to ${what} is sent as '${formatted}'`, () => {
    assert.equal(formatTraceState({ ...createTraceState(), serialize } as TraceState), formatted)
  })
}

test('any list of legal members round-trips in order', () => {
  fc.assert(
    fc.property(traceStateMembers, list => {
      const text = list.map(([key, value]) => `${key}=${value}`).join(',')
      const state = createTraceState(text)
      assert.equal(formatTraceState(state), text)
      for (const [key, value] of list) assert.equal(state.get(key), value)
    }),
  )
})

test('set, then get, returns any legal value, and the rest keeps its order', () => {
  fc.assert(
    fc.property(traceStateMembers, traceStateKey, traceStateValue, (list, key, value) => {
      const text = list.map(([k, v]) => `${k}=${v}`).join(',')
      const changed = createTraceState(text).set(key, value)
      assert.equal(changed.get(key), value)
      assert.equal(changed.unset(key).serialize(), createTraceState(text).unset(key).serialize())
    }),
  )
})

test('any text is discarded or serializes to a legal header that parses to itself', () => {
  fc.assert(
    fc.property(anyText, text => {
      const state = parseTraceState(text)
      if (state === undefined) return
      assert.match(state.serialize(), /^[\x20-\x7e]{1,2048}$/)
      assert.equal(parseTraceState(state.serialize())?.serialize(), state.serialize())
    }),
  )
})

/** A member of exactly this length, with a key of its own. */
function member(index: number, chars: number): string {
  const key = `k${index}`.padEnd(Math.max(8, chars - 257), 'x')
  return `${key}=${'v'.repeat(chars - key.length - 1)}`
}

function members(count: number): string {
  return Array.from({ length: count }, (_, i) => `k${i}=v${i}`).join(',')
}
