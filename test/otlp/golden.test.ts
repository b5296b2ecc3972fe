import assert from 'node:assert/strict'
import test from 'node:test'
import { encodeKeyField, takeAttributes } from '../../src/otlp/attributes.ts'
import { recordBound, type SpanDetails, type SpanRecord, writeSpanRecord } from '../../src/otlp/encode-span.ts'
import { encodeEvent, encodeLink } from '../../src/otlp/event.ts'
import { encodeRequest } from '../../src/otlp/request.ts'
import { createRequestFrame } from '../../src/otlp/request-frame.ts'
import { type Shape, spanName } from '../../src/otlp/shape.ts'
import { takeValue } from '../../src/otlp/take-value.ts'
import { type StoredValue, textBound, writeKeyValue } from '../../src/otlp/values.ts'
import { byteTarget, ProtobufWriter } from '../../src/wire/protobuf-writer.ts'
import { OfficialRequest, officialDecode, officialType } from '../support/official-otlp.ts'
import { anyValue } from '../support/span-model.ts'

const UNLIMITED = Number.POSITIVE_INFINITY
const Span = officialType('trace.v1.Span')

/** Bytes written as hex, one field a line with a comment behind it. */
function annotated(lines: string): Uint8Array {
  return new Uint8Array(Buffer.from(lines.replaceAll(/\/\/.*$/gm, '').replaceAll(/\s/g, ''), 'hex'))
}

function write(bound: number, fill: (out: ProtobufWriter) => void): Uint8Array {
  const out = new ProtobufWriter(byteTarget(new ArrayBuffer(bound)))
  fill(out)
  return out.bytes.slice(0, out.position)
}

const EPOCH = 1_700_000_000_000_000_000n
const [low, high] = [(time: bigint) => Number(BigInt.asIntN(32, time)), (time: bigint) => Number(time >> 32n)]

/** Trace 0af7651916cd43dd8448eb211c80319c, span b7ad6b7169203331, one millisecond long. */
function spanRecord(name: string, rest: Partial<SpanRecord> = {}): Uint8Array {
  const { field, shape } = spanName(name)
  const record: SpanRecord = {
    trace0: 0x1965f70a,
    trace1: 0xdd43cd16 | 0,
    trace2: 0x21eb4884,
    trace3: 0x9c31801c | 0,
    span0: 0x716badb7,
    span1: 0x31332069,
    parent0: 0,
    parent1: 0,
    startLow: low(EPOCH),
    startHigh: high(EPOCH),
    flags: 0x101,
    otlpKind: 1,
    nameField: field,
    traceState: '',
    shape,
    values: [],
    droppedAttributes: 0,
    details: undefined,
    ...rest,
  }
  const bound = recordBound(
    record,
    record.values.reduce<number>((sum, value) => sum + textBound(value), 0),
  )
  const end = EPOCH + 1_000_000n
  return write(bound, out => writeSpanRecord(out, record, low(end), high(end), bound))
}

function shapeOf(name: string, ...keys: readonly string[]): Shape {
  return keys.reduce((shape, key) => shape.with(key), spanName(name).shape)
}

const MINIMAL_SPAN = `
  12 3a                                                // ScopeSpans.spans: 58 bytes
    0a 10 0af7651916cd43dd8448eb211c80319c             // trace_id
    12 08 b7ad6b7169203331                             // span_id
    30 01                                              // kind: INTERNAL
    39 00002a36fe9c9717                                // start_time_unix_nano: 1700000000000000000
    41 40423936fe9c9717                                // end_time_unix_nano: a millisecond later
    85 01 01010000                                     // flags: sampled, is-remote is known
    2a 02 6f70                                         // name: "op"
`

const MINIMAL_REQUEST = `
  0a 60                                                // ExportTraceServiceRequest.resource_spans: 96 bytes
    0a 17                                              // ResourceSpans.resource: 23 bytes
      0a 15                                            // Resource.attributes: 21 bytes
        0a 0c 73 65 72 76 69 63 65 2e 6e 61 6d 65      // key: "service.name"
        12 05                                          // value: 5 bytes
          0a 03 73 76 63                               // string_value: "svc"
    12 45                                              // ResourceSpans.scope_spans: 69 bytes
      0a 07                                            // ScopeSpans.scope: 7 bytes
        0a 03 6c 69 62                                 // name: "lib"
        12 00                                          // version: empty
  ${MINIMAL_SPAN}
`

/** As two other libraries read it (the fields of the span in ascending order, no version). */
const KNOWN_MINIMAL_REQUEST = `
  0a5e0a170a150a0c736572766963652e6e616d6512050a0373766312430a050a036c6962123a0a100af7651916cd43dd8448eb211c80319c
  1208b7ad6b71692033312a026f7030013900002a36fe9c97174140423936fe9c9717850101010000`

test('the minimal span and the request around it', () => {
  const span = spanRecord('op')
  const request = encodeRequest(createRequestFrame({ 'service.name': 'svc' }, { name: 'lib', version: '' }), span)
  assert.deepEqual(span, annotated(MINIMAL_SPAN))
  assert.deepEqual(request, annotated(MINIMAL_REQUEST))
  const decode = (bytes: Uint8Array): unknown => officialDecode(OfficialRequest, bytes, true)
  assert.deepEqual(decode(request), decode(annotated(KNOWN_MINIMAL_REQUEST)))
})

const DETAILS: SpanDetails = {
  events: [annotated('5a 02 12 00')],
  links: [annotated('6a 00')],
  bytes: 6,
  droppedEvents: 3,
  droppedLinks: 200,
  statusCode: 2,
  statusMessage: 'no',
}

const FULL_SPAN = `
  12 74                                                // ScopeSpans.spans: 116 bytes
    0a 10 0af7651916cd43dd8448eb211c80319c             // trace_id
    12 08 b7ad6b7169203331                             // span_id
    22 08 0102030405060708                             // parent_span_id
    30 05                                              // kind: CONSUMER
    39 00002a36fe9c9717                                // start_time_unix_nano
    41 40423936fe9c9717                                // end_time_unix_nano
    85 01 03030000                                     // flags: sampled, random, parent known to be remote
    2a 04 66 75 6c 6c                                  // name: "full"
    4a 08 0a 01 61 12 03 0a 01 78                      // attributes: "a" is "x"
    4a 07 0a 01 62 12 02 18 02                         // attributes: "b" is 2
    50 ac 02                                           // dropped_attributes_count: 300
    1a 03 6b 3d 76                                     // trace_state: "k=v"
    5a 02 12 00                                        // events: as it was encoded when added
    60 03                                              // dropped_events_count: 3
    6a 00                                              // links: as it was encoded when added
    70 c8 01                                           // dropped_links_count: 200
    7a 06                                              // status: 6 bytes
      12 02 6e 6f                                      // message: "no"
      18 02                                            // code: ERROR
`

test('a span with every field', () => {
  const span = spanRecord('full', {
    parent0: 0x04030201,
    parent1: 0x08070605,
    otlpKind: 5,
    flags: 0x303,
    shape: shapeOf('full', 'a', 'b'),
    values: ['x', 2],
    droppedAttributes: 300,
    traceState: 'k=v',
    details: DETAILS,
  })
  assert.deepEqual(span, annotated(FULL_SPAN))
})

const statuses: readonly [what: string, code: number, message: string, lines: string][] = [
  ['UNSET is left out', 0, '', ''],
  ['OK', 1, '', '7a 02 18 01'],
  ['ERROR without a message', 2, '', '7a 02 18 02'],
]
for (const [what, statusCode, statusMessage, lines] of statuses) {
  test(`status ${what}`, () => {
    const none = { events: [], links: [], bytes: 0, droppedEvents: 0, droppedLinks: 0 }
    const span = spanRecord('op', { details: { ...none, statusCode, statusMessage } })
    const minimal = spanRecord('op')
    assert.deepEqual(span.subarray(minimal.length), annotated(lines))
    assert.equal(span[1], minimal[1]! + annotated(lines).length)
  })
}

const KEY = '0a 01 6b'

/** Fields Span.attributes with key "k": tag and length, key, tag and length of the value, AnyValue. */
const values: readonly [what: string, value: unknown, lines: string][] = [
  ['empty text', '', '4a 07 KEY 12 02  0a 00                    // string_value, written though empty'],
  ['ASCII', 'a', '4a 08 KEY 12 03  0a 01 61'],
  ['two-byte text', 'é', '4a 09 KEY 12 04  0a 02 c3 a9'],
  ['four-byte text', '😀', '4a 0b KEY 12 06  0a 04 f0 9f 98 80'],
  ['half a pair', '\ud800', '4a 0a KEY 12 05  0a 03 ef bf bd            // U+FFFD'],
  ['130 characters', 'x'.repeat(130), `4a 8b 01 KEY 12 85 01  0a 82 01 ${'78'.repeat(130)}`],
  ['true', true, '4a 07 KEY 12 02  10 01                    // bool_value'],
  ['false', false, '4a 07 KEY 12 02  10 00                    // bool_value, written though false'],
  ['0', 0, '4a 07 KEY 12 02  18 00                    // int_value, written though 0'],
  ['-0', -0, '4a 07 KEY 12 02  18 00'],
  ['300', 300, '4a 08 KEY 12 03  18 ac 02'],
  ['-1', -1, '4a 10 KEY 12 0b  18 ff ff ff ff ff ff ff ff ff 01   // no zigzag: ten bytes'],
  ['2^53', 2 ** 53, '4a 0e KEY 12 09  18 80 80 80 80 80 80 80 10'],
  ['2^53 + 1', 2n ** 53n + 1n, '4a 0e KEY 12 09  18 81 80 80 80 80 80 80 10'],
  ['2^63 - 1', 2n ** 63n - 1n, '4a 0f KEY 12 0a  18 ff ff ff ff ff ff ff ff 7f'],
  ['-2^63', -(2 ** 63), '4a 10 KEY 12 0b  18 80 80 80 80 80 80 80 80 80 01'],
  ['2^63 as a number', 2 ** 63, '4a 0e KEY 12 09  21 00 00 00 00 00 00 e0 43   // double_value'],
  ['2^63 as a bigint', 2n ** 63n, '4a 1a KEY 12 15  0a 13 39 32 32 33 33 37 32 30 33 36 38 35 34 37 37 35 38 30 38'],
  ['0.5', 0.5, '4a 0e KEY 12 09  21 00 00 00 00 00 00 e0 3f'],
  ['NaN', Number.NaN, '4a 0e KEY 12 09  21 00 00 00 00 00 00 f8 7f'],
  ['Infinity', Number.POSITIVE_INFINITY, '4a 0e KEY 12 09  21 00 00 00 00 00 00 f0 7f'],
  ['-Infinity', Number.NEGATIVE_INFINITY, '4a 0e KEY 12 09  21 00 00 00 00 00 00 f0 ff'],
  ['an empty array', [], '4a 07 KEY 12 02  2a 00                    // array_value'],
  ['texts', ['a', ''], '4a 10 KEY 12 0b  2a 09  0a 03 0a 01 61  0a 02 0a 00'],
  ['integers', [1, -0], '4a 0f KEY 12 0a  2a 08  0a 02 18 01  0a 02 18 00'],
  [
    'a fraction among integers',
    [-0, 0.5],
    '4a 1d KEY 12 18  2a 16  0a 09 21 0000000000000000  0a 09 21 000000000000e03f',
  ],
  ['booleans', [true, false], '4a 0f KEY 12 0a  2a 08  0a 02 10 01  0a 02 10 00'],
  ['nothing in an array', ['a', null], '4a 0e KEY 12 09  2a 07  0a 03 0a 01 61  0a 00   // an empty AnyValue'],
  ['bigint in an array', [1n, -1n], '4a 18 KEY 12 13  2a 11  0a 02 18 01  0a 0b 18 ff ff ff ff ff ff ff ff ff 01'],
  ['a nested array', [[1]], '4a 0c KEY 12 07  0a 05 5b 5b 31 5d 5d        // its JSON text'],
  ['an object', { a: 1 }, '4a 0e KEY 12 09  0a 07 7b 22 61 22 3a 31 7d'],
  ['an Error', new Error('e'), '4a 08 KEY 12 03  0a 01 65'],
]
for (const [what, value, line] of values) {
  test(`an attribute of ${what}`, () => {
    const taken = takeValue(value, UNLIMITED) as StoredValue
    const bytes = write(1_000, out => writeKeyValue(out, 0x4a, encodeKeyField('k'), taken))
    assert.deepEqual(bytes, annotated(line.replace('KEY', KEY)))
    assert.deepEqual(officialDecode(Span, bytes), { attributes: [{ key: 'k', value: anyValue(taken) }] })
  })
}

const EVENT = `
  5a 18                                                // Span.events: 24 bytes
    09 00002a36fe9c9717                                // time_unix_nano
    12 01 65                                           // name: "e"
    1a 08 0a 01 6b 12 03 0a 01 76                      // attributes: "k" is "v"
    20 01                                              // dropped_attributes_count: 1
`

test('an event', () => {
  const attributes = { ...takeAttributes({ k: 'v' }, 1, UNLIMITED), dropped: 1 }
  const event = encodeEvent({ name: 'e', timeLow: low(EPOCH), timeHigh: high(EPOCH), attributes })
  assert.deepEqual(event, annotated(EVENT))
})

const LINK = `
  6a 31                                                // Span.links: 49 bytes
    0a 10 0af7651916cd43dd8448eb211c80319c             // trace_id
    12 08 b7ad6b7169203331                             // span_id
    1a 03 61 3d 62                                     // trace_state: "a=b"
    22 07 0a 01 6b 12 02 10 01                         // attributes: "k" is true
    28 02                                              // dropped_attributes_count: 2
    35 03030000                                        // flags: sampled, random, known to be remote
`

test('a link', () => {
  const link = encodeLink({
    traceId: annotated('0af7651916cd43dd8448eb211c80319c'),
    spanId: annotated('b7ad6b7169203331'),
    traceState: 'a=b',
    flags: 0x303,
    entries: takeAttributes({ k: true }, 1, UNLIMITED).entries,
    dropped: 2,
  })
  assert.deepEqual(link, annotated(LINK))
})
