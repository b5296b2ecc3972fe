import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type JaegerSpan, type TagValue, toJaegerProcess, toJaegerSpan } from '../../src/exporters/jaeger-span.ts'
import { type AttributeObject, batchOf, type SpanSketch, sketchSpan } from '../support/batch.ts'

const SCOPE_TAGS = {
  'otel.scope.name': 'test',
  'otel.scope.version': '1',
  'otel.library.name': 'test',
  'otel.library.version': '1',
}
const START_US = 1_700_000_000_000_000n
const TRACE = '00000000000000000000000000000001'

function jaeger(sketch: Omit<SpanSketch, 'id'>): JaegerSpan {
  const batch = batchOf([sketchSpan({ id: 7, startUs: 0, ...sketch })])
  const [span] = batch.spans()
  return toJaegerSpan(span!, batch.scope)
}

function text(key: string, stringValue: string): AttributeObject {
  return { key, value: { stringValue } }
}

test('a root without anything', () => {
  assert.deepEqual(jaeger({ name: 'load', endUs: 1_500 }), {
    traceId: TRACE,
    spanId: '0000000000000007',
    parentSpanId: undefined,
    operationName: 'load',
    followsFrom: [],
    sampled: true,
    startUs: START_US,
    durationUs: 1_500n,
    tags: new Map(Object.entries(SCOPE_TAGS)),
    logs: [],
  })
})

describe('tags', () => {
  const big = '9007199254740993'
  const rows: readonly [what: string, sketch: Omit<SpanSketch, 'id'>, tags: Record<string, TagValue>][] = [
    ['text', { attributes: [text('k', 'v')] }, { k: 'v' }],
    ['a boolean', { attributes: [{ key: 'k', value: { boolValue: false } }] }, { k: false }],
    ['a whole number', { attributes: [{ key: 'k', value: { intValue: -5 } }] }, { k: -5 }],
    ['a whole number beyond 2^53', { attributes: [{ key: 'k', value: { intValue: big } }] }, { k: BigInt(big) }],
    ['a fraction', { attributes: [{ key: 'k', value: { doubleValue: 0.5 } }] }, { k: 0.5 }],
    ['no number', { attributes: [{ key: 'k', value: { doubleValue: Number.NaN } }] }, { k: 'NaN' }],
    ['an infinite one', { attributes: [{ key: 'k', value: { doubleValue: -1 / 0 } }] }, { k: '-Infinity' }],
    ['nothing is an empty text', { attributes: [{ key: 'k', value: {} }] }, { k: '' }],
    ['bytes', { attributes: [{ key: 'k', value: { bytesValue: Uint8Array.of(1) } }] }, { k: Uint8Array.of(1) }],
    [
      'a list is JSON',
      { attributes: [{ key: 'k', value: { arrayValue: { values: [{ stringValue: 'a' }, {}, { intValue: big }] } } }] },
      { k: `["a",null,"${big}"]` },
    ],
    ['the key of a prototype', { attributes: [text('__proto__', 'v')] }, JSON.parse('{"__proto__":"v"}')],
    ['success', { status: { code: 1 } }, { 'otel.status_code': 'OK' }],
    [
      'failure, which beats an attribute error',
      { status: { code: 2, message: 'no face' }, attributes: [text('error', 'none')] },
      { error: true, 'otel.status_code': 'ERROR', 'otel.status_description': 'no face' },
    ],
    ['an internal span has no kind', { kind: 1 }, {}],
    ['a server', { kind: 2 }, { 'span.kind': 'server' }],
    ['a client', { kind: 3 }, { 'span.kind': 'client' }],
    ['a producer', { kind: 4 }, { 'span.kind': 'producer' }],
    ['a consumer', { kind: 5 }, { 'span.kind': 'consumer' }],
    ['trace state', { traceState: 'a=1,b=2' }, { 'w3c.tracestate': 'a=1,b=2' }],
    [
      'what was dropped',
      { droppedAttributesCount: 1, droppedEventsCount: 2, droppedLinksCount: 3 },
      { 'otel.dropped_attributes_count': 1, 'otel.dropped_events_count': 2, 'otel.dropped_links_count': 3 },
    ],
  ]
  for (const [what, sketch, tags] of rows) {
    test(what, () => {
      const found = jaeger(sketch).tags
      assert.deepEqual(found, new Map([...Object.entries(SCOPE_TAGS), ...Object.entries(tags)]))
    })
  }
})

describe('fields', () => {
  const rows: readonly [what: string, sketch: Omit<SpanSketch, 'id'>, fields: Partial<JaegerSpan>][] = [
    ['a parent', { parent: 3 }, { parentSpanId: '0000000000000003' }],
    ['a span that was not sampled', { flags: 0x102 }, { sampled: false }],
    [
      'times are cut to microseconds, so that start and duration add up to the end',
      { startTimeUnixNano: '1700000000000000999', endTimeUnixNano: '1700000000000002001' },
      { startUs: START_US, durationUs: 2n },
    ],
    ['1970', { startTimeUnixNano: '0', endTimeUnixNano: '1000' }, { startUs: 0n, durationUs: 1n }],
    [
      'the last year',
      { startTimeUnixNano: String(2n ** 64n - 1n), endTimeUnixNano: String(2n ** 64n - 1n) },
      { startUs: 18_446_744_073_709_551n, durationUs: 0n },
    ],
    ['an end before the start is no time', { endTimeUnixNano: '5' }, { durationUs: 0n }],
    [
      'an event is a log',
      { events: [{ name: 'cut', timeUnixNano: '1700000000000002999', droppedAttributesCount: 4 }] },
      {
        logs: [
          {
            timestampUs: START_US + 2n,
            fields: new Map<string, TagValue>([
              ['event', 'cut'],
              ['otel.dropped_attributes_count', 4],
            ]),
          },
        ],
      },
    ],
    [
      'its own attribute event beats its name',
      { events: [{ name: 'cut', timeUnixNano: '0', attributes: [text('event', 'own')] }] },
      { logs: [{ timestampUs: 0n, fields: new Map([['event', 'own']]) }] },
    ],
    ['a link is a reference', { links: [linkTo(9, 8)] }, { followsFrom: [{ traceId: hex(9, 16), spanId: hex(8, 8) }] }],
    [
      'with attributes it is a log as well',
      { links: [{ ...linkTo(9, 8), attributes: [text('why', 'retry'), text('event', 'own')] }] },
      {
        followsFrom: [{ traceId: hex(9, 16), spanId: hex(8, 8) }],
        logs: [
          {
            timestampUs: START_US,
            fields: linkFields(
              [
                ['why', 'retry'],
                ['event', 'link'],
              ],
              9,
              8,
            ),
          },
        ],
      },
    ],
    [
      'of a root into its own trace it is a log only, since the reference would be taken for its parent',
      { links: [linkTo(1, 8)] },
      { followsFrom: [], logs: [{ timestampUs: START_US, fields: linkFields([['event', 'link']], 1, 8) }] },
    ],
    [
      'of a child into its own trace it is a reference',
      { parent: 3, links: [linkTo(1, 8)] },
      { parentSpanId: '0000000000000003', followsFrom: [{ traceId: hex(1, 16), spanId: hex(8, 8) }] },
    ],
  ]
  for (const [what, sketch, fields] of rows) {
    test(what, () => {
      const found = jaeger(sketch)
      const { traceId, spanId, tags } = found
      const rest = { ...jaeger({}), ...fields, traceId, spanId, tags }
      assert.deepEqual(stripped(found), stripped(rest))
    })
  }
})

test('the process is the resource, with its service name apart', () => {
  assert.deepEqual(toJaegerProcess({ 'service.name': 's', 'process.pid': 5, 'process.command_args': ['a', 'b'] }), {
    serviceName: 's',
    tags: new Map<string, TagValue>([
      ['process.pid', 5],
      ['process.command_args', '["a","b"]'],
    ]),
  })
})

function hex(value: number, bytes: number): string {
  return value.toString(16).padStart(2 * bytes, '0')
}

function linkTo(trace: number, span: number): { traceId: Uint8Array; spanId: Uint8Array } {
  return { traceId: Buffer.from(hex(trace, 16), 'hex'), spanId: Buffer.from(hex(span, 8), 'hex') }
}

function linkFields(first: [string, TagValue][], trace: number, span: number): Map<string, TagValue> {
  return new Map([...first, ['trace_id', hex(trace, 16)], ['span_id', hex(span, 8)]])
}

/** Links as their ids only: a reference has nothing else. */
function stripped(span: JaegerSpan): object {
  return { ...span, followsFrom: span.followsFrom.map(({ traceId, spanId }) => ({ traceId, spanId })) }
}
