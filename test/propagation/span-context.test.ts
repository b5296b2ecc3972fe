import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { isValidSpanContext } from '../../src/propagation/span-context.ts'
import { spanContext } from '../support/arbitraries-propagation.ts'

const VALID = { traceId: '12345678901234567890123456789012', spanId: '1234567890123456', traceFlags: 1 }

const REFUSED: [what: string, context: unknown][] = [
  ['undefined', undefined],
  ['null', null],
  ['a string', '00-12345678901234567890123456789012-1234567890123456-01'],
  ['an empty object', {}],
  ['a trace id of zeros', { ...VALID, traceId: '0'.repeat(32) }],
  ['a span id of zeros', { ...VALID, spanId: '0'.repeat(16) }],
  ['a trace id of 31 digits', { ...VALID, traceId: VALID.traceId.slice(1) }],
  ['a trace id of 33 digits', { ...VALID, traceId: `${VALID.traceId}1` }],
  ['a span id of 15 digits', { ...VALID, spanId: VALID.spanId.slice(1) }],
  ['a span id of 17 digits', { ...VALID, spanId: `${VALID.spanId}1` }],
  ['an upper-case trace id', { ...VALID, traceId: 'A'.repeat(32) }],
  ['a span id with a line break', { ...VALID, spanId: '12345678901234\r\n' }],
  ['a numeric span id', { ...VALID, spanId: 1234567890123456 }],
  ['no flags', { traceId: VALID.traceId, spanId: VALID.spanId }],
  ['a getter that throws', Object.defineProperty({}, 'traceId', { get: () => assert.fail('read') })],
]

for (const [what, context] of REFUSED) {
  test(`is no span context: ${what}`, () => assert.equal(isValidSpanContext(context), false))
}

test('ids that are not all zero are valid, whatever the flags', () => {
  fc.assert(fc.property(spanContext, context => isValidSpanContext(context)))
})

test('any value can be asked about', () => {
  fc.assert(fc.property(fc.anything(), value => !isValidSpanContext(value)))
})
