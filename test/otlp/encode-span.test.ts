import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import { readSpans } from '../../src/otlp/read.ts'
import type { RedactOptions } from '../../src/types/redact.ts'
import type { Span, SpanContext, SpanKind } from '../../src/types/span.ts'
import type { ProtobufWriter } from '../../src/wire/protobuf-writer.ts'
import { type Action, actions, context, text, time } from '../support/arbitraries-span.ts'
import { officialDecode, officialEncode, officialType } from '../support/official-otlp.ts'
import { createRecording, MemorySink } from '../support/recording.ts'
import { base64, expectedSpan, traceStateField } from '../support/span-model.ts'

const ScopeSpans = officialType('trace.v1.ScopeSpans')

interface Sketch {
  readonly name: string
  readonly kind: SpanKind
  readonly parent: SpanContext | undefined
  readonly startTime: Date
  readonly endTime: Date
  readonly actions: readonly Action[]
}

const sketch: fc.Arbitrary<Sketch> = fc.record({
  name: text,
  kind: fc.constantFrom<SpanKind>(0, 1, 2, 3, 4),
  parent: fc.option(context, { nil: undefined }),
  startTime: time,
  endTime: time,
  actions,
})

function act(span: Span, action: Action): void {
  if (action.do === 'set') span.setAttribute(action.key, action.value)
  else if (action.do === 'setAll') span.setAttributes(action.attributes)
  else if (action.do === 'event') span.addEvent(action.name, action.attributes, action.time)
  else if (action.do === 'link') span.addLink(action.link)
  else if (action.do === 'status') span.setStatus(action.status)
  else span.updateName(action.name)
}

/** Records the span by the public methods; the sink holds the encoder to its bound. */
function record(
  { name, kind, parent, startTime, endTime, actions }: Sketch,
  sink: MemorySink,
  redact: RedactOptions = {},
): SpanContext {
  const { tracer } = createRecording({ sink, sampler: { kind: 'always_on' }, redact })
  const span = tracer.startSpan(name, { kind, startTime, parent: parent ?? null })
  for (const action of actions) act(span, action)
  span.end(endTime)
  assert.equal(sink.refused, 0)
  return span.spanContext()
}

/** The decoded span less what the encoder need not write. */
function decode(bytes: Uint8Array): Record<string, unknown> {
  const { spans } = officialDecode(ScopeSpans, bytes) as { spans: Record<string, unknown>[] }
  assert.equal(spans.length, 1)
  return spans[0]!
}

function expected(given: Sketch, { traceId, spanId }: SpanContext): Record<string, unknown> {
  const { attributes, droppedAttributesCount, events, links, status, name } = expectedSpan(given.name, given.actions)
  const { parent } = given
  const nanoseconds = (date: Date): string => String(BigInt(date.getTime()) * 1_000_000n)
  const start = nanoseconds(given.startTime)
  const end = given.endTime < given.startTime ? start : nanoseconds(given.endTime)
  return {
    traceId: base64(parent?.traceId ?? traceId),
    spanId: base64(spanId),
    ...(parent === undefined ? {} : { parentSpanId: base64(parent.spanId), ...traceStateField(parent) }),
    name,
    kind: given.kind + 1,
    startTimeUnixNano: start,
    endTimeUnixNano: end,
    ...(attributes.length > 0 ? { attributes } : {}),
    ...(droppedAttributesCount > 0 ? { droppedAttributesCount } : {}),
    ...(events.length > 0 ? { events } : {}),
    ...(links.length > 0 ? { links } : {}),
    ...(status.code === 0 ? {} : { status: status.message === '' ? { code: status.code } : status }),
    flags: parent === undefined ? 0x103 : parent.traceFlags | 0x101 | (parent.isRemote ? 0x200 : 0),
  }
}

test('a random span decodes by the official messages to what was set', () => {
  fc.assert(
    fc.property(sketch, given => {
      const sink = new MemorySink()
      const spanContext = record(given, sink)
      assert.deepEqual(decode(sink.bytes), expected(given, spanContext))
    }),
    { numRuns: 500 },
  )
})

test('a random span of which nothing is to be hidden decodes to what was set after redaction too', () => {
  const redact: RedactOptions = { keys: [/(?!)/], values: [/(?!)/, /(?:)/], with: (_field, text) => text }
  fc.assert(
    fc.property(sketch, given => {
      const sink = new MemorySink()
      const spanContext = record(given, sink, redact)
      assert.deepEqual(decode(sink.bytes), expected(given, spanContext))
    }),
  )
})

test('every varint of a random span is as short as can be', () => {
  fc.assert(
    fc.property(sketch, given => {
      const sink = new MemorySink()
      record(given, sink)
      const again = officialEncode(ScopeSpans, officialDecode(ScopeSpans, sink.bytes))
      assert.equal(again.length, sink.bytes.length)
    }),
  )
})

test('neither bound is exceeded, and the exact one is the smaller', () => {
  fc.assert(
    fc.property(sketch, given => {
      const [quick, exact] = [new MemorySink(Number.POSITIVE_INFINITY), new MemorySink(0)]
      record(given, quick)
      record(given, exact)
      assert.ok(exact.bounds[0]! <= quick.bounds[0]!)
    }),
  )
})

test('our own reader finds every random span that was laid end to end', () => {
  fc.assert(
    fc.property(fc.array(sketch, { maxLength: 4 }), given => {
      const sink = new MemorySink()
      for (const span of given) record(span, sink)
      assert.equal([...readSpans(sink.bytes)].length, given.length)
    }),
  )
})

/** Half a segment of the ring is 128 KiB: beyond it a bound is measured. */
const LARGE: readonly [what: string, value: unknown][] = [
  ['ASCII text', 'x'.repeat(300_000)],
  ['two-byte text', 'é'.repeat(150_000)],
  ['four-byte text', '😀'.repeat(50_000)],
  ['lone surrogates', '\ud800'.repeat(70_000)],
  ['an array of texts', Array.from({ length: 20_000 }, (_, i) => `element ${i}`)],
  ['an array of small integers', Array.from({ length: 100_000 }, (_, i) => i % 100)],
  ['an array of nothing', Array.from({ length: 50_000 }, () => null)],
]
const SLACK_BYTES = 512

for (const [what, value] of LARGE) {
  test(`a span over half a segment with ${what} takes little more room than its bytes`, () => {
    const sink = new MemorySink()
    const set: Action = { do: 'set', key: 'large', value }
    const at = new Date(0)
    const given: Sketch = { name: 'large', kind: 0, parent: undefined, startTime: at, endTime: at, actions: [set] }
    const spanContext = record(given, sink)
    assert.deepEqual(decode(sink.bytes), expected(given, spanContext))
    const [size, bound] = [sink.bytes.length, sink.bounds[0]!]
    assert.ok(bound - size < SLACK_BYTES, `${size} bytes in a bound of ${bound}`)
  })
}

test('overwriting a long text again and again does not leave the record without room', () => {
  const sink = new MemorySink(Number.POSITIVE_INFINITY)
  const actions = Array.from({ length: 50 }, (_, i): Action => ({ do: 'set', key: 'k', value: 'é'.repeat(100 * i) }))
  const at = new Date(0)
  const given: Sketch = { name: 's', kind: 0, parent: undefined, startTime: at, endTime: at, actions }
  const spanContext = record(given, sink)
  assert.deepEqual(decode(sink.bytes), expected(given, spanContext))
})

/** Holds the encoder to its guess of the length's size: a span that it moves is refused. */
class UnmovedSink extends MemorySink {
  override reserve(bound: number): ProtobufWriter {
    const writer = super.reserve(bound)
    writer.bytes.copyWithin = () => assert.fail('moved')
    return writer
  }
}

test('a span is not moved for its length, of one byte or two', () => {
  const parent: SpanContext = { traceId: '1'.repeat(32), spanId: '2'.repeat(16), traceFlags: 1 }
  const at = new Date(0)
  for (let length = 0; length < 200; length++) {
    const sink = new UnmovedSink()
    const actions: Action[] = [
      { do: 'set', key: 'text', value: 'x'.repeat(length) },
      { do: 'set', key: 'number', value: 7 },
      { do: 'set', key: 'truth', value: true },
    ]
    const given: Sketch = { name: 's', kind: 0, parent, startTime: at, endTime: at, actions }
    const spanContext = record(given, sink)
    assert.deepEqual(decode(sink.bytes), expected(given, spanContext))
  }
})
