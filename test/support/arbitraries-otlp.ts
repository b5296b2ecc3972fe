import fc from 'fast-check'
import type { AttributeObject, EventObject, LinkObject, SpanObject } from './batch.ts'

const text: fc.Arbitrary<string> = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.constantFrom('', '__proto__', 'constructor', '\u2028\u0000"\\', '😀'),
)
const count: fc.Arbitrary<number> = fc.oneof(fc.constantFrom(0, 1, 127, 128, 2 ** 32 - 1), fc.nat(2 ** 32 - 1))
const time: fc.Arbitrary<string> = fc
  .oneof(fc.bigInt(0n, 2n ** 64n - 1n), fc.constantFrom(0n, 2n ** 53n + 1n, 2n ** 63n, 2n ** 64n - 1n))
  .map(String)
const int64: fc.Arbitrary<string> = fc
  .oneof(
    fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n),
    fc.maxSafeInteger().map(BigInt),
    fc.constantFrom(0n, -1n, 2n ** 53n, -(2n ** 53n) - 1n, 2n ** 63n - 1n, -(2n ** 63n)),
  )
  .map(String)
const double: fc.Arbitrary<number> = fc.oneof(
  fc.double(),
  fc.constantFrom(0, -0, 5, 1e21, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 5e-324),
)

const { attribute } = fc.letrec<{ value: object; attribute: AttributeObject }>(tie => ({
  attribute: fc.record({ key: text, value: tie('value') }),
  value: fc.oneof(
    { maxDepth: 4, depthSize: 'small' },
    fc.oneof(
      fc.constant({}),
      fc.record({ stringValue: text }),
      fc.record({ boolValue: fc.boolean() }),
      fc.record({ intValue: int64 }),
      fc.record({ doubleValue: double }),
      fc.record({ bytesValue: fc.uint8Array({ maxLength: 20 }) }),
    ),
    fc.record({ arrayValue: fc.record({ values: fc.array(tie('value'), { maxLength: 4 }) }) }),
    fc.record({ kvlistValue: fc.record({ values: fc.array(tie('attribute'), { maxLength: 4 }) }) }),
  ),
}))

const attributes = fc.array(attribute, { maxLength: 6 })
const traceId = fc.uint8Array({ minLength: 16, maxLength: 16 })
const spanId = fc.uint8Array({ minLength: 8, maxLength: 8 })

const event: fc.Arbitrary<EventObject> = fc.record(
  { timeUnixNano: time, name: text, attributes, droppedAttributesCount: count },
  { requiredKeys: [] },
)

const link: fc.Arbitrary<LinkObject> = fc.record(
  { traceId, spanId, traceState: text, attributes, droppedAttributesCount: count, flags: count },
  { requiredKeys: ['traceId', 'spanId'] },
)

/** A span of any shape; every field but the ids may be absent. */
export const span: fc.Arbitrary<SpanObject> = fc.record(
  {
    traceId,
    spanId,
    parentSpanId: spanId,
    traceState: text,
    name: text,
    kind: fc.integer({ min: 0, max: 5 }),
    startTimeUnixNano: time,
    endTimeUnixNano: time,
    attributes,
    droppedAttributesCount: count,
    events: fc.array(event, { maxLength: 3 }),
    droppedEventsCount: count,
    links: fc.array(link, { maxLength: 3 }),
    droppedLinksCount: count,
    status: fc.record({ message: text, code: fc.integer({ min: 0, max: 2 }) }, { requiredKeys: [] }),
    flags: count,
  },
  { requiredKeys: ['traceId', 'spanId'] },
)
