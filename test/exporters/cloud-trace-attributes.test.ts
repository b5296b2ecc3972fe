import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { inspect } from 'node:util'
import { toCloudTraceAttributes, toCloudTraceValue } from '../../src/exporters/cloud-trace-attributes.ts'
import type { ViewAttributes, ViewValue } from '../../src/types/exporter.ts'

describe('a value', () => {
  const text = (value: string) => ({ stringValue: { value } })
  const rows: readonly [value: ViewValue, mapped: object][] = [
    ['', text('')],
    ['v', text('v')],
    [true, { boolValue: true }],
    [false, { boolValue: false }],
    [0, { intValue: '0' }],
    [-0, { intValue: '0' }],
    [-7, { intValue: '-7' }],
    [2 ** 53 - 1, { intValue: '9007199254740991' }],
    [2n ** 63n - 1n, { intValue: '9223372036854775807' }],
    [-(2n ** 63n), { intValue: '-9223372036854775808' }],
    [0.5, text('0.5')],
    [1e300, text('1e+300')],
    [Number.NaN, text('NaN')],
    [Number.NEGATIVE_INFINITY, text('-Infinity')],
    [null, text('')],
    [Uint8Array.of(1, 2), text('AQI=')],
    [[], text('[]')],
    [['a', null, 1n], text('["a",null,"1"]')],
    [{ a: { b: [0.5] } }, text('{"a":{"b":[0.5]}}')],
    ['é'.repeat(32_766), text('é'.repeat(32_766))],
    ['é'.repeat(32_767), { stringValue: { value: 'é'.repeat(32_766), truncatedByteCount: 2 } }],
  ]
  for (const [value, mapped] of rows) {
    const shown = inspect(value, { breakLength: Infinity }).slice(0, 40)
    test(`${shown} is ${JSON.stringify(mapped).slice(0, 60)}`, () => assert.deepEqual(toCloudTraceValue(value), mapped))
  }
})

function mapped(lists: readonly ViewAttributes[], dropped = 0): [entries: [string, unknown][], dropped: number] {
  const { attributeMap, droppedAttributesCount = 0 } = toCloudTraceAttributes(lists, dropped)
  return [
    Object.entries(attributeMap).map(([key, value]) => [key, 'intValue' in value ? Number(value.intValue) : value]),
    droppedAttributesCount,
  ]
}

describe('attributes', () => {
  const numbered = (from: number, to: number): ViewAttributes =>
    Object.fromEntries(Array.from({ length: to - from }, (_, i) => [`k${from + i}`, from + i]))

  test('of several lists the first has the last word', () => {
    assert.deepEqual(mapped([{ a: 1 }, { a: 2, b: 2 }, { a: 3, b: 3, c: 3 }]), [
      [
        ['a', 1],
        ['b', 2],
        ['c', 3],
      ],
      0,
    ])
  })

  test('beyond 1,024 the last ones are cut and counted, with those that had been dropped before', () => {
    const [entries, dropped] = mapped([numbered(0, 1_000), numbered(1_000, 1_100)], 5)
    assert.deepEqual([entries.length, entries.at(-1), dropped], [1_024, ['k1023', 1_023], 5 + 76])
  })

  test('whose keys are over 512 bytes are dropped and counted', () => {
    const fits = 'é'.repeat(256)
    assert.deepEqual(mapped([{ [fits]: 1, [`${fits}a`]: 2, ['k'.repeat(512)]: 3 }]), [
      [
        [fits, 1],
        ['k'.repeat(512), 3],
      ],
      1,
    ])
  })

  test('of HTTP get the names that Cloud Trace shows them by', () => {
    const attributes = {
      'http.method': 1,
      'http.url': 2,
      'http.host': 3,
      'http.scheme': 4,
      'http.status_code': 5,
      'http.user_agent': 6,
      'http.request_content_length': 7,
      'http.response_content_length': 8,
      'http.route': 9,
      'http.path': 10,
      'http.request.method': 11,
    }
    assert.deepEqual(mapped([attributes])[0], [
      ['/http/method', 1],
      ['/http/url', 2],
      ['/http/host', 3],
      ['/http/client_protocol', 4],
      ['/http/status_code', 5],
      ['/http/user_agent', 6],
      ['/http/request/size', 7],
      ['/http/response/size', 8],
      ['/http/route', 9],
      ['/http/path', 10],
      ['http.request.method', 11],
    ])
  })

  test('the key of a prototype is a key like any other', () => {
    const attributes = JSON.parse('{"__proto__":1,"constructor":2}')
    assert.deepEqual(mapped([attributes])[0], [
      ['__proto__', 1],
      ['constructor', 2],
    ])
    const json = JSON.stringify(toCloudTraceAttributes([attributes], 0))
    assert.equal(json, '{"attributeMap":{"__proto__":{"intValue":"1"},"constructor":{"intValue":"2"}}}')
  })
})
