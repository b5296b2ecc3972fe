import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { formatUberTraceId, parseUberTraceId, readUberBaggage, writeUberBaggage } from '../../src/propagation/jaeger.ts'
import { decisionOf, remoteSpan } from '../../src/propagation/remote-span.ts'
import type { SamplingDecision } from '../../src/propagation/sampling.ts'
import type { BaggageEntry, Carrier } from '../../src/types/context.ts'
import { anyText, baggage } from '../support/arbitraries-propagation.ts'
import { officialBaggage } from '../support/official-propagators.ts'

const T = '0af7651916cd43dd8448eb211c80319c'
const P = 'b7ad6b7169203331'

describe('uber-trace-id', () => {
  const pad = (id: string, digits: number): string => id.padStart(digits, '0')
  const rows: [text: string, read: [traceId: string, spanId: string, decision: SamplingDecision] | undefined][] = [
    [`${T}:${P}:0:1`, [T, P, 'accept']],
    [`${T}:${P}:0:0`, [T, P, 'deny']],
    [`${T}:${P}:0:3`, [T, P, 'debug']],
    [`${T}:${P}:0:2`, [T, P, 'deny']],
    [`${T}:${P}:0:9`, [T, P, 'accept']],
    [`${T}:${P}:0:b`, [T, P, 'debug']],
    [`${T}:${P}:0:8`, [T, P, 'deny']],
    [`${T}:${P}:0:01`, [T, P, 'accept']],
    [`${T}:${P}:0:fF`, [T, P, 'debug']],
    [`${T}:${P}::1`, [T, P, 'accept']],
    [`${T}:${P}:05e3ac9a4f6e3b90:1`, [T, P, 'accept']],
    ['8448eb211c80319c:b7ad6b716920333:0:3', [pad('8448eb211c80319c', 32), pad('b7ad6b716920333', 16), 'debug']],
    ['1:2:3:1', [pad('1', 32), pad('2', 16), 'accept']],
    ['af7651916cd43dd8448eb211c80319c:1:0:1', [T, pad('1', 16), 'accept']],
    [`${T.toUpperCase()}:${P.toUpperCase()}:0:1`, [T, P, 'accept']],
    [`${T}%3A${P}%3a0%3A1`, [T, P, 'accept']],
    [` ${T}:${P}:0:1\t`, [T, P, 'accept']],
    ['', undefined],
    [':::', undefined],
    [T, undefined],
    [`${T}:${P}`, undefined],
    [`${T}:${P}:0`, undefined],
    [`${T}:${P}:0:`, undefined],
    [`${T}:${P}:0:1:`, undefined],
    [`${T}:${P}:0:001`, undefined],
    [`${T}:${P}:0:g`, undefined],
    [`${T}:${P}:0:-1`, undefined],
    [`${T}:${P}:x:1`, undefined],
    [`${T}:${P}:00000000000000000:1`, undefined],
    [`0:${P}:0:1`, undefined],
    [`${T}:0:0:1`, undefined],
    [`:${P}:0:1`, undefined],
    [`${T}::0:1`, undefined],
    [`0${T}:${P}:0:1`, undefined],
    [`${T}:0${P}:0:1`, undefined],
    [`${T.replace('0', 'g')}:${P}:0:1`, undefined],
    [`${T}:${P.replace('b', 'é')}:0:1`, undefined],
    [`${T}:${P}:0:1, ${T}:${P}:0:1`, undefined],
    [`${T}%3${P}%3A0%3A1`, undefined],
    [`${T}%253A${P}:0:1`, undefined],
    [`${T}:${P}:0:1`.padEnd(256), [T, P, 'accept']],
    [`${T}:${P}:0:1`.padEnd(257), undefined],
  ]
  for (const [text, read] of rows) {
    test(`${JSON.stringify(text.slice(0, 100))} is ${read ?? 'refused'}`, () => {
      const span = parseUberTraceId(text)
      assert.deepEqual(span && [span.traceId, span.spanId, decisionOf(span)], read)
    })
  }

  const written: [decision: SamplingDecision | undefined, flags: string][] = [
    ['accept', '1'],
    ['deny', '0'],
    ['debug', '3'],
    [undefined, '0'],
  ]
  for (const [decision, flags] of written) {
    test(`${decision ?? 'no decision'} is written as flags ${flags}`, () => {
      assert.equal(formatUberTraceId(remoteSpan(T, P, decision)), `${T}:${P}:0:${flags}`)
    })
  }
})

describe('uberctx headers', () => {
  const read: [what: string, carrier: unknown, entries: Record<string, string>][] = [
    ['a header an entry', { 'uberctx-a': '1', 'uberctx-b': '2', 'x-uberctx-c': '3' }, { a: '1', b: '2' }],
    ['a prefix of any case, the key as it is', { 'UberCtx-userId': '1', 'UBERCTX-': '2' }, { userId: '1' }],
    ['percent-encoding', { 'uberctx-a': 'Am%C3%A9lie%20%2B%3D' }, { a: 'Amélie +=' }],
    ['form encoding', { 'uberctx-a': 'a+b' }, { a: 'a b' }],
    ['malformed encoding', { 'uberctx-a': '%', 'uberctx-b': '%E9' }, { a: '%', b: '\u{fffd}' }],
    ['a key that is no token', { 'uberctx-a b': '1', 'uberctx-é': '2' }, {}],
    ['a value that is no text', { 'uberctx-a': 1, 'uberctx-b': ['2'] }, { b: '2' }],
    ['Headers', new Headers({ 'uberctx-a': '1', host: 'h' }), { a: '1' }],
    ['a Map', new Map([['uberctx-a', '1']]), { a: '1' }],
    ['nothing but get and set', { get: () => '1', set: () => {} }, {}],
    ['null', null, {}],
  ]
  for (const [what, carrier, entries] of read) {
    test(`are read: ${what}`, () => {
      const values = Array.from(readUberBaggage(carrier as Carrier), ([key, { value }]) => [key, value])
      assert.deepEqual(Object.fromEntries(values), entries)
    })
  }

  test('at most 64 of them, and 8,192 characters, of the first 1,000 headers', () => {
    const many = (count: number, value: string): Record<string, string> =>
      Object.fromEntries(Array.from({ length: count }, (_, i) => [`uberctx-${i}`, value]))
    assert.equal(readUberBaggage(many(65, '1')).size, 64)
    assert.equal(readUberBaggage(many(3, 'x'.repeat(4_000))).size, 2)
    assert.equal(
      written(new Map(Object.entries(many(3, '')).map(([key]) => [key, { value: 'é'.repeat(700) }]))).length,
      1,
    )
    const late = { ...Object.fromEntries(Array.from({ length: 1_000 }, (_, i) => [`name-${i}`, ''])), 'uberctx-a': '1' }
    assert.equal(readUberBaggage(late).size, 0)
  })

  test('any baggage comes back without its metadata, and OpenTelemetry reads the same', () => {
    fc.assert(
      fc.property(baggage, entries => {
        const headers = Object.fromEntries(written(entries))
        const expected = new Map(Array.from(entries, ([key, { value }]) => [key, { value }]))
        assert.deepEqual(readUberBaggage(headers), expected)
        // Theirs takes the key __proto__ for one of its own.
        if (!entries.has('__proto__')) {
          assert.deepEqual(
            officialBaggage('jaeger', headers),
            Object.fromEntries(Array.from(entries, ([k, e]) => [k, e.value])),
          )
        }
      }),
    )
  })
})

test('of any text only well-formed ids come out', () => {
  const part = fc.oneof(anyText, fc.constantFrom(T, P, '0', '1', '3', '%3A', ''))
  fc.assert(
    fc.property(
      fc.oneof(
        anyText,
        fc.array(part, { maxLength: 5 }).map(parts => parts.join(':')),
      ),
      text => {
        const span = parseUberTraceId(text)
        if (span !== undefined) assert.deepEqual(parseUberTraceId(formatUberTraceId(span)), span)
      },
    ),
  )
})

function written(entries: ReadonlyMap<string, BaggageEntry>): [header: string, value: string][] {
  const headers: [string, string][] = []
  writeUberBaggage(entries, (header, value) => {
    assert.match(value!, /^[\x21-\x7e]*$/)
    headers.push([header, value!])
  })
  return headers
}
