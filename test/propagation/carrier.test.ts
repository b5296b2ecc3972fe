import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createContext, runInContext } from 'node:vm'
import fc from 'fast-check'
import { type HeaderName, readCarrier, writeCarrier } from '../../src/propagation/carrier.ts'
import type { Carrier } from '../../src/types/context.ts'

const READ: [what: string, carrier: unknown, header: HeaderName, value: string | undefined][] = [
  ['an object', { traceparent: 'a' }, 'traceparent', 'a'],
  ['an object without a prototype', Object.assign(Object.create(null), { traceparent: 'a' }), 'traceparent', 'a'],
  ['an upper-case name', { TRACEPARENT: 'a' }, 'traceparent', 'a'],
  ['a mixed-case name', { host: 'h', TraceParent: 'a' }, 'traceparent', 'a'],
  ['a mixed-case name with a dash', { 'X-Request-Id': 'a' }, 'x-request-id', 'a'],
  ['the exact name before others', { TraceParent: 'b', traceparent: 'a' }, 'traceparent', 'a'],
  ['an environment', { PATH: '/bin', REQUEST_ID: 'a' }, 'x-request-id', 'a'],
  ['trace-parent', { 'trace-parent': 'a' }, 'traceparent', undefined],
  ['trace.parent', { 'trace.parent': 'a' }, 'traceparent', undefined],
  ['trace-state', { 'trace-state': 'a' }, 'tracestate', undefined],
  ['trace.state', { 'trace.state': 'a' }, 'tracestate', undefined],
  ['a list of one', { traceparent: ['a'] }, 'traceparent', 'a'],
  ['a list', { TraceState: ['a=1', 'b=2'] }, 'tracestate', 'a=1, b=2'],
  ['an empty list', { traceparent: [] }, 'traceparent', undefined],
  ['64 values', { tracestate: Array(64).fill('a') }, 'tracestate', Array(64).fill('a').join(', ')],
  ['65 values', { tracestate: Array(65).fill('a') }, 'tracestate', undefined],
  ['a list with a number', { traceparent: ['a', 1] }, 'traceparent', undefined],
  ['a number', { traceparent: 1 }, 'traceparent', undefined],
  ['null in it', { traceparent: null }, 'traceparent', undefined],
  ['an object in it', { traceparent: { toString: () => 'a' } }, 'traceparent', undefined],
  ['an empty value', { traceparent: '' }, 'traceparent', ''],
  ['Headers', new Headers({ TraceParent: 'a' }), 'traceparent', 'a'],
  ['Headers without it', new Headers({ host: 'a' }), 'x-request-id', undefined],
  [
    'Headers with it twice',
    new Headers([
      ['traceparent', 'a'],
      ['Traceparent', 'b'],
    ]),
    'traceparent',
    'a, b',
  ],
  ['a Map', new Map([['traceparent', 'a']]), 'traceparent', 'a'],
  [
    'a Map with a mixed-case name',
    new Map([
      ['host', 'h'],
      ['TraceParent', 'a'],
    ]),
    'traceparent',
    'a',
  ],
  ['a Map with an environment name', new Map([['REQUEST_ID', 'a']]), 'x-request-id', 'a'],
  ['a Map of another realm', runInContext("new Map([['Baggage', 'a=1']])", createContext()), 'baggage', 'a=1'],
  ['a header named get', { get: 'a', Traceparent: 'b' }, 'traceparent', 'b'],
  ['undefined', undefined, 'traceparent', undefined],
  ['null', null, 'traceparent', undefined],
  ['a string', 'traceparent', 'traceparent', undefined],
  ['a number as carrier', 42, 'traceparent', undefined],
  ['a function', () => 'a', 'traceparent', undefined],
  ['an array', ['traceparent', 'a'], 'traceparent', undefined],
]

for (const [what, carrier, header, value] of READ) {
  const shown = value === undefined ? 'nothing' : `'${value.slice(0, 20)}'`
  test(`reads ${shown} for ${header} from ${what}`, () => assert.equal(readCarrier(carrier as Carrier, header), value))
}

const throwing = () => assert.fail('hostile')
const trap = new Proxy({}, { get: () => throwing })
const REVOKED = Proxy.revocable({}, {})
REVOKED.revoke()

const HOSTILE: [what: string, carrier: unknown][] = [
  ['a getter that throws', Object.defineProperty({}, 'traceparent', { get: throwing, set: throwing })],
  ['a get method that throws', { get: throwing, set: throwing }],
  ['a get method that returns objects', { get: () => ({}), set: throwing }],
  ['a size that throws', Object.defineProperty({ get: () => undefined }, 'size', { get: throwing })],
  ['keys that throw', { get: () => undefined, size: 1, keys: throwing, set: throwing }],
  ['keys that are no list', { get: () => undefined, size: 1, keys: () => 7, set: throwing }],
  [
    'names that are no text',
    new Map<unknown, string>([
      [Symbol('traceparent'), 'a'],
      [7, 'b'],
      [null, 'c'],
    ]),
  ],
  ['a proxy whose every trap throws', new Proxy({}, trap)],
  ['a proxy that answers everything with itself', new Proxy({}, { get: (_, __, proxy) => proxy })],
  ['a revoked proxy', REVOKED.proxy],
  ['a list that is a revoked proxy', { traceparent: REVOKED.proxy }],
  ['a list with a getter that throws', { traceparent: Object.defineProperty(['a'], 0, { get: throwing }) }],
  ['a frozen object', Object.freeze({ TraceParent: 7 })],
]

for (const [what, carrier] of HOSTILE) {
  test(`neither reading nor writing throws for ${what}`, () => {
    assert.equal(readCarrier(carrier as Carrier, 'traceparent'), undefined)
    writeCarrier(carrier as Carrier, 'traceparent', 'a')
    writeCarrier(carrier as Carrier, 'traceparent', undefined)
  })
}

test('any value can be asked for a header and be written to', () => {
  const anyCarrier = fc.anything({ withMap: true, withSet: true, withNullPrototype: true })
  fc.assert(
    fc.property(anyCarrier, carrier => {
      writeCarrier(carrier as Carrier, 'baggage', 'a=1')
      const value = readCarrier(carrier as Carrier, 'baggage')
      assert.ok(value === undefined || value === 'a=1')
    }),
  )
})

test('no more than 1,000 names are looked at', () => {
  let names = 0
  const endless = {
    get: () => undefined,
    size: 1,
    *keys() {
      for (;;) yield `name-${names++}`
    },
  }
  assert.equal(readCarrier(endless as unknown as Carrier, 'traceparent'), undefined)
  assert.equal(names, 1_001)
})

test('exact and environment names are found among any number of others', () => {
  const many = Object.fromEntries(Array.from({ length: 2_000 }, (_, i) => [`name-${i}`, '']))
  assert.equal(readCarrier({ ...many, traceparent: 'a' }, 'traceparent'), 'a')
  assert.equal(readCarrier({ ...many, TRACEPARENT: 'a' }, 'traceparent'), 'a')
})

const WRITTEN: [what: string, before: Record<string, string>, value: string | undefined, after: object][] = [
  ['a new header', { host: 'h' }, 'a', { host: 'h', traceparent: 'a' }],
  ['in place of the same name', { traceparent: 'old' }, 'a', { traceparent: 'a' }],
  ['in place of another case', { TraceParent: 'old', host: 'h' }, 'a', { host: 'h', traceparent: 'a' }],
  ['in place of every case', { TraceParent: '1', TRACEPARENT: '2', traceparent: '3' }, 'a', { traceparent: 'a' }],
  ['nothing in place of every case', { TraceParent: '1', traceparent: '2', host: 'h' }, undefined, { host: 'h' }],
  ['nothing where nothing was', { host: 'h' }, undefined, { host: 'h' }],
]

for (const [what, before, value, after] of WRITTEN) {
  test(`writes ${what} to an object, a Map and Headers`, () => {
    const object = { ...before }
    const map = new Map(Object.entries(before))
    const headers = new Headers(Object.entries(before))
    for (const carrier of [object, map, headers]) writeCarrier(carrier, 'traceparent', value)
    assert.deepEqual(object, after)
    assert.deepEqual(Object.fromEntries(map), after)
    assert.deepEqual(Object.fromEntries(headers), after)
  })
}

test('writes by get and set alone', () => {
  const sent = new Map<string, string>()
  const carrier = { get: () => null, set: (name: string, value: string) => void sent.set(name, value) }
  writeCarrier(carrier, 'baggage', 'a=1')
  writeCarrier(carrier, 'tracestate', undefined)
  assert.deepEqual([...sent], [['baggage', 'a=1']])
})

test('a sealed object is overwritten, a frozen one stays as it is', () => {
  const sealed = Object.seal({ traceparent: 'old' })
  const frozen = Object.freeze({ traceparent: 'old' })
  writeCarrier(sealed, 'traceparent', 'new')
  writeCarrier(frozen, 'traceparent', 'new')
  assert.equal(sealed.traceparent, 'new')
  assert.equal(frozen.traceparent, 'old')
})
