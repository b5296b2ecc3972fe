import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import { readSpans } from '../../src/otlp/read.ts'
import { MAX_VALUE_DEPTH } from '../../src/otlp/read-attributes.ts'
import type { SpanView, ViewAttributes, ViewValue } from '../../src/types/exporter.ts'
import { span } from '../support/arbitraries-otlp.ts'
import { type AttributeObject, batchOf, type SpanObject, sketchBatch } from '../support/batch.ts'

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')

function expectedValue(value: Record<string, unknown>): ViewValue {
  const [member, content] = Object.entries(value)[0] ?? ['none']
  switch (member) {
    case 'none':
      return null
    case 'intValue':
      return Number.isSafeInteger(Number(content)) ? Number(content) : BigInt(content as string)
    case 'arrayValue':
      return (content as { values: Record<string, unknown>[] }).values.map(expectedValue)
    case 'kvlistValue':
      return expectedAttributes((content as { values: AttributeObject[] }).values)
    default:
      return content as ViewValue
  }
}

function expectedAttributes(attributes: readonly AttributeObject[] = []): ViewAttributes {
  const expected = Object.create(null) as Record<string, ViewValue>
  for (const { key, value } of attributes) expected[key] = expectedValue(value as Record<string, unknown>)
  return expected
}

function expectedView(given: SpanObject): SpanView {
  return {
    traceId: hex(given.traceId),
    spanId: hex(given.spanId),
    parentSpanId: given.parentSpanId && hex(given.parentSpanId),
    parentIsRemote: ((given.flags ?? 0) & 0x200) !== 0,
    traceState: given.traceState ?? '',
    traceFlags: (given.flags ?? 0) & 0xff,
    name: given.name ?? '',
    kind: Math.max(0, (given.kind ?? 0) - 1) as SpanView['kind'],
    startTimeUnixNano: BigInt(given.startTimeUnixNano ?? 0),
    endTimeUnixNano: BigInt(given.endTimeUnixNano ?? 0),
    attributes: expectedAttributes(given.attributes),
    events: (given.events ?? []).map(event => ({
      name: event.name ?? '',
      timeUnixNano: BigInt(event.timeUnixNano ?? 0),
      attributes: expectedAttributes(event.attributes),
      droppedAttributesCount: event.droppedAttributesCount ?? 0,
    })),
    links: (given.links ?? []).map(link => ({
      traceId: hex(link.traceId),
      spanId: hex(link.spanId),
      traceState: link.traceState ?? '',
      traceFlags: (link.flags ?? 0) & 0xff,
      attributes: expectedAttributes(link.attributes),
      droppedAttributesCount: link.droppedAttributesCount ?? 0,
    })),
    status: { code: (given.status?.code ?? 0) as SpanView['status']['code'], message: given.status?.message ?? '' },
    droppedAttributesCount: given.droppedAttributesCount ?? 0,
    droppedEventsCount: given.droppedEventsCount ?? 0,
    droppedLinksCount: given.droppedLinksCount ?? 0,
  }
}

test('spans encoded by the official messages read back equal', () => {
  fc.assert(
    fc.property(fc.array(span, { maxLength: 4 }), spans => {
      assert.deepEqual([...readSpans(batchOf(spans).bytes)], spans.map(expectedView))
    }),
  )
})

function readOne(fields: Partial<SpanObject>): SpanView {
  const [view] = sketchBatch({ id: 1, ...fields }).spans()
  return view!
}

const integers: readonly [intValue: string, view: number | bigint][] = [
  ['-1', -1],
  ['9007199254740991', Number.MAX_SAFE_INTEGER],
  ['9007199254740992', 9007199254740992n],
  ['-9223372036854775808', -(2n ** 63n)],
]
for (const [intValue, view] of integers) {
  test(`the integer ${intValue} reads as a ${typeof view}`, () => {
    assert.equal(readOne({ attributes: [{ key: 'n', value: { intValue } }] }).attributes.n, view)
  })
}

test('no attribute key is special', () => {
  const attributes = ['__proto__', 'toString'].map(key => ({ key, value: { stringValue: key } }))
  assert.deepEqual(Object.entries(readOne({ attributes }).attributes), [
    ['__proto__', '__proto__'],
    ['toString', 'toString'],
  ])
})

test('bytes stay when the batch is overwritten', () => {
  const batch = sketchBatch({ id: 1, attributes: [{ key: 'b', value: { bytesValue: Uint8Array.of(1, 2) } }] })
  const [view] = batch.spans()
  batch.bytes.fill(0)
  assert.deepEqual(view!.attributes.b, Uint8Array.of(1, 2))
})

function nested(depth: number): object {
  let value: object = { stringValue: 'core' }
  for (let i = 0; i < depth; i++) value = { arrayValue: { values: [value] } }
  return value
}

for (const [depth, core] of [
  [MAX_VALUE_DEPTH, 'core'],
  [MAX_VALUE_DEPTH + 1, null],
] as const) {
  test(`a value inside ${depth} arrays reads as ${core}`, () => {
    let value = readOne({ attributes: [{ key: 'deep', value: nested(depth) }] }).attributes.deep
    while (Array.isArray(value)) value = value[0]
    assert.equal(value, core)
  })
}

test('unknown kinds, status codes and fields are passed over', () => {
  const view = readOne({ kind: 9, status: { code: 7 } })
  assert.deepEqual([view.kind, view.status.code], [0, 0])
  assert.deepEqual([...readSpans(Uint8Array.of(0x18, 1, 0x12, 3, 0x98, 0x06, 1))].length, 1)
})

test('a batch that is cut short gives its whole spans and then a RangeError', () => {
  const { bytes } = sketchBatch({ id: 1 }, { id: 2 })
  const spans = readSpans(bytes.subarray(0, bytes.length - 1))
  assert.equal(spans.next().value?.name, 'span 1')
  assert.throws(() => spans.next(), RangeError)
})
