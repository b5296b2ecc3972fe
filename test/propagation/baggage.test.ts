import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { formatBaggage, parseBaggage } from '../../src/propagation/baggage.ts'
import type { BaggageEntry } from '../../src/types/context.ts'
import { anyText, baggage } from '../support/arbitraries-propagation.ts'

/** Every character that a value may hold as it is, the percent sign aside. */
const OCTETS = "!#$&'()*+-./0123456789:<=>?@ABCXYZ[]^_`abcxyz{|}~"
const TOKEN = "!#$%&'*+-.^_`|~09AZaz"

const PARSED: [what: string, text: string, entries: Record<string, BaggageEntry>][] = [
  ['one member', 'SomeKey=SomeValue', { SomeKey: { value: 'SomeValue' } }],
  [
    'properties',
    'SomeKey=SomeValue;SomeProp,SomeKey2=SomeValue2;ValueProp=PropVal',
    {
      SomeKey: { value: 'SomeValue', metadata: 'SomeProp' },
      SomeKey2: { value: 'SomeValue2', metadata: 'ValueProp=PropVal' },
    },
  ],
  [
    'blanks everywhere',
    'SomeKey \t = \t SomeValue \t ; \t SomeProp \t ; \t P \t = \t 1 \t , \t K2 \t = \t V2 \t',
    { SomeKey: { value: 'SomeValue', metadata: 'SomeProp;P=1' }, K2: { value: 'V2' } },
  ],
  ['an equals sign in a value', 'SomeKey=SomeValue=equals', { SomeKey: { value: 'SomeValue=equals' } }],
  ['a percent-encoded value', 'k=%09%20%22%27%3B%3Dasdf%21', { k: { value: '\t "\';=asdf!' } }],
  [
    'a percent-encoded property without a value',
    'k=v;ValueProp%20%09%20%3D%20%09%20PropVal',
    { k: { value: 'v', metadata: 'ValueProp%20%09%20%3D%20%09%20PropVal' } },
  ],
  ['three properties in order', 'k=v;p;p=1;p=2', { k: { value: 'v', metadata: 'p;p=1;p=2' } }],
  ['an empty value', 'k=', { k: { value: '' } }],
  ['an empty property', 'k=v;;p;', { k: { value: 'v', metadata: 'p' } }],
  ['an empty property value', 'k=v;p=', { k: { value: 'v', metadata: 'p=' } }],
  ['keys that differ in case', 'k=1,K=2', { k: { value: '1' }, K: { value: '2' } }],
  ['a key that looks percent-encoded', 'a%20b=1', { 'a%20b': { value: '1' } }],
  ['every kind of character in a key', `${TOKEN}=1`, { [TOKEN]: { value: '1' } }],
  ['every kind of character in a value', `k=${OCTETS}`, { k: { value: OCTETS } }],
  ['bytes that are not UTF-8', 'k=a%FFb', { k: { value: 'a\ufffdb' } }],
  ['a bare percent sign', 'k=100%', { k: { value: '100%' } }],
  ['the later of two equal keys', 'k=1,j=2,k=3', { k: { value: '3' }, j: { value: '2' } }],
  ['empty members', ', ,k=1,,', { k: { value: '1' } }],
  ['a key named __proto__', '__proto__=1', { ['__proto__']: { value: '1' } }],
]

for (const [what, text, entries] of PARSED) {
  test(`reads ${what}`, () => assert.deepEqual([...parseBaggage(text)], Object.entries(entries)))
}

const MALFORMED: [what: string, member: string][] = [
  ['no equals sign', 'bad'],
  ['an empty key', '=1'],
  ['a blank in a key', 'b ad=1'],
  ['a separator in a key', 'b(d=1'],
  ['a letter outside ASCII in a key', 'bäd=1'],
  ['an equals sign in its properties only', 'bad;p=1'],
  ['a blank in a value', 'bad=a b'],
  ['a quoted value', 'bad="1"'],
  ['a backslash in a value', 'bad=a\\b'],
  ['a line break in a value', 'bad=a\r\nb'],
  ['a letter outside ASCII in a value', 'bad=é'],
  ['a blank in a property', 'bad=1;a b'],
  ['a quoted property value', 'bad=1;p="1"'],
  ['a property value without a name', 'bad=1;=1'],
]

for (const [what, member] of MALFORMED) {
  test(`leaves out a member with ${what} and keeps the others`, () => {
    assert.equal(formatBaggage(parseBaggage(`first=1,${member},last=2`)), 'first=1,last=2')
  })
}

test('64 members are read and no more', () => {
  assert.equal(parseBaggage(memberList(64)).size, 64)
  assert.deepEqual([...parseBaggage(memberList(180))], [...parseBaggage(memberList(64))])
})

test('up to 16,384 characters are read', () => {
  assert.equal(parseBaggage('k=1'.padEnd(16_384)).size, 1)
  assert.equal(parseBaggage('k=1'.padEnd(16_385)).size, 0)
  assert.equal(parseBaggage('k=1,'.repeat(2_500_000)).size, 0)
})

const FORMATTED: [what: string, entries: Record<string, BaggageEntry>, text: string][] = [
  ['nothing', {}, ''],
  ['entries in order', { b: { value: '1' }, a: { value: '2' } }, 'b=1,a=2'],
  ['metadata', { k: { value: 'v', metadata: 'p;q=1' } }, 'k=v;p;q=1'],
  ['an empty value', { k: { value: '' } }, 'k='],
  ['plain characters as they are', { k: { value: OCTETS } }, `k=${OCTETS}`],
  ['separators encoded', { k: { value: 'a,b;c"d\\e%' } }, 'k=a%2Cb%3Bc%22d%5Ce%25'],
  ['line breaks encoded', { k: { value: 'a\r\nset-cookie: b' } }, 'k=a%0D%0Aset-cookie:%20b'],
  ['UTF-8 encoded', { k: { value: 'é' } }, 'k=%C3%A9'],
  ['no entry whose key is not a token', { 'a b': { value: '1' }, '': { value: '2' }, c: { value: '3' } }, 'c=3'],
  ['no metadata with a line break', { k: { value: 'v', metadata: 'p\r\nq: r' } }, 'k=v'],
  ['no metadata that would add a member', { k: { value: 'v', metadata: 'p,admin=1' } }, 'k=v'],
]

for (const [what, entries, text] of FORMATTED) {
  test(`writes ${what}`, () => assert.equal(formatBaggage(new Map(Object.entries(entries))), text))
}

test('64 members round-trip, a 65th stays behind', () => {
  const entries = parseBaggage(memberList(64))
  assert.equal(formatBaggage(entries), memberList(64))
  assert.equal(formatBaggage(new Map([...entries, ['one-more', { value: '1' }]])), memberList(64))
})

test('8,192 bytes round-trip, one more and the member stays behind', () => {
  const text = `a=1,k=${'v'.repeat(8_186)}`
  assert.equal(text.length, 8_192)
  assert.equal(formatBaggage(parseBaggage(text)), text)
  assert.equal(formatBaggage(parseBaggage(`${text}v`)), 'a=1')
})

test('a member that does not fit makes room for those behind it', () => {
  const entries = new Map([
    ['long', { value: '\n'.repeat(4_000) }],
    ['huge', { value: 'v'.repeat(10_000_000) }],
    ['short', { value: '1', metadata: 'p'.repeat(10_000_000) }],
  ])
  assert.equal(formatBaggage(entries), 'short=1')
})

test('what is added to received entries, or removed from them, is in what is written', () => {
  const entries = parseBaggage('a=1,b=2') as Map<string, BaggageEntry>
  assert.equal(formatBaggage(entries), 'a=1,b=2')
  entries.set('c', { value: '3' })
  assert.equal(formatBaggage(entries), 'a=1,b=2,c=3')
  entries.delete('c')
  entries.delete('a')
  assert.equal(formatBaggage(entries), 'b=2')
})

test('a received text that has more in it than entries is written as if it were new', () => {
  for (const text of ['a=1, b=2', 'a=1,,b=2', 'a=1,b=2,', 'a=0,b=2,a=1', 'x,a=1,b=2', 'a=%31,b=2'])
    assert.match(formatBaggage(parseBaggage(text)), /^(a=1,b=2|b=2,a=1)$/, text)
})

test('what is no entry is left out', () => {
  const entries = new Map<unknown, unknown>([
    ['text', 'v'],
    ['null', null],
    ['absent', undefined],
    ['number', { value: 7 }],
    [Symbol('key'), { value: 'v' }],
    ['kept', { value: 'v', metadata: 7 }],
  ])
  assert.equal(formatBaggage(entries as Map<string, BaggageEntry>), 'kept=v')
})

test('any entries round-trip', () => {
  fc.assert(fc.property(baggage, entries => assert.deepEqual(parseBaggage(formatBaggage(entries)), entries)))
})

test('any header is read to entries that write a legal header of the same meaning', () => {
  fc.assert(
    fc.property(anyText, text => {
      const entries = parseBaggage(text)
      const written = formatBaggage(entries)
      assert.match(written, /^[\x21-\x7e]*$/)
      assert.deepEqual(parseBaggage(written), entries)
    }),
  )
})

test('any entries write a header of legal characters within the limits', () => {
  const anyEntry = fc.record({ value: anyText, metadata: anyText })
  fc.assert(
    fc.property(fc.array(fc.tuple(anyText, anyEntry)), entries => {
      const written = formatBaggage(new Map(entries))
      assert.match(written, /^[\x21-\x7e]{0,8192}$/)
      assert.ok(written.split(',').length <= 64)
    }),
  )
})

function memberList(count: number): string {
  return Array.from({ length: count }, (_, i) => `k${i}=v${i}`).join(',')
}
