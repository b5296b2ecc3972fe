import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import { requestToJson } from '../../src/otlp/json.ts'
import { MAX_VALUE_DEPTH } from '../../src/otlp/read-attributes.ts'
import { span } from '../support/arbitraries-otlp.ts'
import { batchOf, sketchBatch } from '../support/batch.ts'
import { OfficialRequest, officialDecode } from '../support/official-otlp.ts'
import { encodeOtlpJson } from '../support/otlp-json.ts'

const meaning = (bytes: Uint8Array): object => officialDecode(OfficialRequest, bytes, true)

test('the JSON of any request means what its bytes mean', () => {
  fc.assert(
    fc.property(fc.array(span, { maxLength: 4 }), spans => {
      const bytes = batchOf(spans).request()
      const json = requestToJson(bytes)
      assert.ok(!json.includes('\n'))
      assert.deepEqual(meaning(encodeOtlpJson(json)), meaning(bytes))
    }),
  )
})

test('a request in full', () => {
  const bytes = Buffer.from(
    '0a5e0a170a150a0c736572766963652e6e616d6512050a0373766312430a050a036c6962123a0a100af7651916cd43dd8448eb211c80319c1208b7ad6b71692033312a026f7030013900002a36fe9c97174140423936fe9c9717850101010000',
    'hex',
  )
  const span =
    '{"traceId":"0af7651916cd43dd8448eb211c80319c","spanId":"b7ad6b7169203331","name":"op","kind":1,' +
    '"startTimeUnixNano":"1700000000000000000","endTimeUnixNano":"1700000000001000000","flags":257}'
  const resource = '{"attributes":[{"key":"service.name","value":{"stringValue":"svc"}}]}'
  assert.equal(
    requestToJson(bytes),
    `{"resourceSpans":[{"resource":${resource},"scopeSpans":[{"scope":{"name":"lib"},"spans":[${span}]}]}]}`,
  )
})

test('no request at all is an empty object', () => assert.equal(requestToJson(new Uint8Array()), '{}'))

const values: readonly [value: object, json: string][] = [
  [{}, '{}'],
  [{ stringValue: 'a"\n\u2028é' }, '{"stringValue":"a\\"\\n\u2028é"}'],
  [{ boolValue: false }, '{"boolValue":false}'],
  [{ intValue: '9007199254740993' }, '{"intValue":"9007199254740993"}'],
  [{ intValue: '-9223372036854775808' }, '{"intValue":"-9223372036854775808"}'],
  [{ doubleValue: 5 }, '{"doubleValue":5}'],
  [{ doubleValue: -0 }, '{"doubleValue":-0}'],
  [{ doubleValue: Number.NaN }, '{"doubleValue":"NaN"}'],
  [{ doubleValue: Number.NEGATIVE_INFINITY }, '{"doubleValue":"-Infinity"}'],
  [{ bytesValue: Uint8Array.of(1, 2, 255, 0) }, '{"bytesValue":"AQL/AA=="}'],
  [{ arrayValue: { values: [{ intValue: 1 }, {}] } }, '{"arrayValue":{"values":[{"intValue":"1"},{}]}}'],
  [{ arrayValue: {} }, '{"arrayValue":{}}'],
  [
    { kvlistValue: { values: [{ key: 'k', value: { boolValue: true } }] } },
    '{"kvlistValue":{"values":[{"key":"k","value":{"boolValue":true}}]}}',
  ],
]
for (const [value, json] of values) {
  test(`an attribute value ${json}`, () => {
    const bytes = sketchBatch({ id: 1, attributes: [{ key: 'k', value }] }).request()
    assert.ok(requestToJson(bytes).includes(`"attributes":[{"key":"k","value":${json}}]`))
  })
}

test('of a oneof that comes twice the last one counts', () => {
  const anyValue = [0x08 | 2, 1, 0x61, 0x10, 1]
  const keyValue = [0x12, anyValue.length, ...anyValue]
  const resource = [0x0a, keyValue.length, ...keyValue]
  const resourceSpans = [0x0a, resource.length, ...resource]
  const bytes = Uint8Array.of(0x0a, resourceSpans.length, ...resourceSpans)
  assert.match(requestToJson(bytes), /"value":\{"boolValue":true\}/)
})

test('fields that are not in the schema are left out', () => {
  assert.equal(requestToJson(Uint8Array.of(0x0a, 3, 0x1a, 1, 0x61)), '{"resourceSpans":[{}]}')
})

test(`values within ${MAX_VALUE_DEPTH} arrays are shown, deeper ones are empty`, () => {
  let value: object = { boolValue: true }
  for (let depth = 0; depth < MAX_VALUE_DEPTH; depth++) value = { arrayValue: { values: [value] } }
  const json = (value: object): string =>
    requestToJson(sketchBatch({ id: 1, attributes: [{ key: 'k', value }] }).request())
  assert.match(json(value), /\{"boolValue":true\}/)
  assert.doesNotMatch(json({ arrayValue: { values: [value] } }), /boolValue/)
})

test('a request that is cut short is refused with a RangeError', () => {
  const bytes = sketchBatch({ id: 1 }).request()
  assert.throws(() => requestToJson(bytes.subarray(0, bytes.length - 1)), RangeError)
})
