import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { type CloudTraceSpan, createCloudTraceMapper } from '../../src/exporters/cloud-trace-span.ts'
import { VERSION } from '../../src/version.ts'
import { type AttributeObject, batchOf, type SpanSketch, sketchSpan } from '../support/batch.ts'
import { checkCloudTraceBody } from '../support/cloud-trace-json.ts'

const PATH = '/v2/projects/demo/traces:batchWrite'
const TRACE = '00000000000000000000000000000001'
const OWN = {
  'g.co/agent': { stringValue: { value: `blueprint-tracing ${VERSION}` } },
  'g.co/r/generic_node/location': { stringValue: { value: 'global' } },
}
const GENERAL = {
  'otel.scope.name': { stringValue: { value: 'test' } },
  'otel.scope.version': { stringValue: { value: '1' } },
  'otel.library.name': { stringValue: { value: 'test' } },
  'otel.library.version': { stringValue: { value: '1' } },
  'service.name': { stringValue: { value: 'test' } },
}

/** As it arrives, after Google's definitions have been held to it. */
function mapped(sketch: Omit<SpanSketch, 'id'>): CloudTraceSpan {
  const batch = batchOf([sketchSpan({ id: 7, startUs: 0, endUs: 1, ...sketch })])
  const [span] = batch.spans()
  const json = JSON.stringify(createCloudTraceMapper('demo', batch)(span!))
  assert.equal(checkCloudTraceBody(`{"spans":[${json}]}`, PATH), undefined)
  return JSON.parse(json)
}

function text(key: string, stringValue: string): AttributeObject {
  return { key, value: { stringValue } }
}

test('a root without anything', () => {
  assert.deepEqual(mapped({ name: 'load', endUs: 1_500 }), {
    name: `projects/demo/traces/${TRACE}/spans/0000000000000007`,
    spanId: '0000000000000007',
    displayName: { value: 'load' },
    startTime: '2023-11-14T22:13:20.000000000Z',
    endTime: '2023-11-14T22:13:20.001500000Z',
    attributes: { attributeMap: { ...OWN, ...GENERAL } },
    spanKind: 'INTERNAL',
  })
})

describe('fields', () => {
  const id = (byte: number, length: number): Uint8Array => new Uint8Array(length).fill(byte)
  const rows: readonly [what: string, sketch: Omit<SpanSketch, 'id'>, fields: object][] = [
    ['a parent of this process', { parent: 3 }, { parentSpanId: '0000000000000003', sameProcessAsParentSpan: true }],
    [
      'a parent elsewhere',
      { parent: 3, flags: 0x301 },
      { parentSpanId: '0000000000000003', sameProcessAsParentSpan: false },
    ],
    ['a server', { kind: 2 }, { spanKind: 'SERVER' }],
    ['a client', { kind: 3 }, { spanKind: 'CLIENT' }],
    ['a producer', { kind: 4 }, { spanKind: 'PRODUCER' }],
    ['a consumer', { kind: 5 }, { spanKind: 'CONSUMER' }],
    ['no name', { name: '' }, { displayName: { value: '(no name)' } }],
    [
      'a name over 1,024 bytes',
      { name: '€'.repeat(342) },
      { displayName: { value: '€'.repeat(341), truncatedByteCount: 3 } },
    ],
    ['success', { status: { code: 1 } }, { status: { code: 0 } }],
    ['failure', { status: { code: 2, message: 'no face' } }, { status: { code: 2, message: 'no face' } }],
    ['failure without a word', { status: { code: 2 } }, { status: { code: 2 } }],
    [
      'an event',
      {
        events: [
          {
            name: 'exception',
            timeUnixNano: '1700000000000000001',
            attributes: [text('exception.type', 'TypeError')],
            droppedAttributesCount: 2,
          },
        ],
        droppedEventsCount: 3,
      },
      {
        timeEvents: {
          timeEvent: [
            {
              time: '2023-11-14T22:13:20.000000001Z',
              annotation: {
                description: { value: 'exception' },
                attributes: {
                  attributeMap: { 'exception.type': { stringValue: { value: 'TypeError' } } },
                  droppedAttributesCount: 2,
                },
              },
            },
          ],
          droppedAnnotationsCount: 3,
        },
      },
    ],
    [
      'events that were all dropped',
      { droppedEventsCount: 3 },
      { timeEvents: { timeEvent: [], droppedAnnotationsCount: 3 } },
    ],
    [
      'a link',
      {
        links: [{ traceId: id(1, 16), spanId: id(2, 8), attributes: [text('k', 'v')], droppedAttributesCount: 1 }],
        droppedLinksCount: 4,
      },
      {
        links: {
          link: [
            {
              traceId: '01'.repeat(16),
              spanId: '02'.repeat(8),
              type: 'TYPE_UNSPECIFIED',
              attributes: { attributeMap: { k: { stringValue: { value: 'v' } } }, droppedAttributesCount: 1 },
            },
          ],
          droppedLinksCount: 4,
        },
      },
    ],
    [
      'the year 1970',
      { startTimeUnixNano: '1', endTimeUnixNano: '999999999' },
      { startTime: '1970-01-01T00:00:00.000000001Z', endTime: '1970-01-01T00:00:00.999999999Z' },
    ],
    [
      'the year 2554',
      { startTimeUnixNano: '18446744073709551614', endTimeUnixNano: '18446744073709551615' },
      { startTime: '2554-07-21T23:34:33.709551614Z', endTime: '2554-07-21T23:34:33.709551615Z' },
    ],
  ]
  const usual = mapped({})
  for (const [what, sketch, fields] of rows) {
    test(what, () =>
      assert.deepEqual(mapped(sketch), { ...usual, name: usual.name, displayName: usual.displayName, ...fields }),
    )
  }
})

test('attributes of the span have the last word on those of the resource, and what was dropped is counted', () => {
  const sketch = { attributes: [text('service.name', 'own'), text('k', 'v')], droppedAttributesCount: 9 }
  assert.deepEqual(mapped(sketch).attributes, {
    attributeMap: {
      ...OWN,
      ...GENERAL,
      'service.name': { stringValue: { value: 'own' } },
      k: { stringValue: { value: 'v' } },
    },
    droppedAttributesCount: 9,
  })
})

test('of 300 events and 150 links the first 256 and 128 are kept, and the others counted', () => {
  const events = Array.from({ length: 300 }, (_, i) => ({ name: `${i}`, timeUnixNano: '1700000000000000000' }))
  const links = Array.from({ length: 150 }, () => ({
    traceId: new Uint8Array(16).fill(1),
    spanId: new Uint8Array(8).fill(1),
  }))
  const { timeEvents, links: kept } = mapped({ events, links, droppedEventsCount: 1, droppedLinksCount: 1 })
  assert.deepEqual([timeEvents!.timeEvent.length, timeEvents!.droppedAnnotationsCount], [256, 45])
  assert.deepEqual([kept!.link.length, kept!.droppedLinksCount], [128, 23])
})

test('the strict check is one: each of these is refused', () => {
  const good = mapped({ kind: 2, parent: 3, attributes: [{ key: 'n', value: { intValue: 5 } }] })
  const mutations: readonly object[] = [
    { bogus: 1 },
    { sameProcessAsParentSpan: { value: true } },
    { spanKind: 'SPAN_KIND_SERVER' },
    { startTime: '2023-11-14T22:13:20.0000000001Z' },
    { attributes: { attributeMap: { n: { intValue: 0.5 } } } },
    { attributes: { attributeMap: { n: { intValue: '1', boolValue: true } } } },
    { name: 'projects/other/traces/0/spans/0' },
    { displayName: { value: '' } },
  ]
  for (const mutation of mutations) {
    const body = JSON.stringify({ spans: [{ ...good, ...mutation }] })
    assert.notEqual(checkCloudTraceBody(body, PATH), undefined, body)
  }
})

test("whatever a span holds, Google's definitions take it", () => {
  const value = fc.oneof(
    fc.string({ unit: 'binary-ascii' }).map(stringValue => ({ stringValue })),
    fc.string({ unit: 'grapheme' }).map(stringValue => ({ stringValue })),
    fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n).map(intValue => ({ intValue: String(intValue) })),
    fc.double().map(doubleValue => ({ doubleValue })),
    fc.boolean().map(boolValue => ({ boolValue })),
    fc.uint8Array().map(bytesValue => ({ bytesValue })),
    fc.constant({}),
  )
  const attributes = fc.array(fc.record({ key: fc.string({ unit: 'grapheme' }), value }), { maxLength: 5 })
  const time = fc.bigInt(0n, 2n ** 64n - 1n).map(String)
  const sketch = fc.record({
    name: fc.string({ unit: 'grapheme' }),
    kind: fc.integer({ min: 1, max: 5 }),
    startTimeUnixNano: time,
    endTimeUnixNano: time,
    attributes,
    events: fc.array(fc.record({ name: fc.string(), timeUnixNano: time, attributes }), { maxLength: 3 }),
    status: fc.record({ code: fc.integer({ min: 0, max: 2 }), message: fc.string({ unit: 'grapheme' }) }),
  })
  fc.assert(
    fc.property(sketch, each => void mapped(each)),
    { numRuns: 200 },
  )
})
