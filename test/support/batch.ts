import { readSpans } from '../../src/otlp/read.ts'
import type { SpanBatch } from '../../src/types/exporter.ts'
import { OfficialRequest, officialEncode, officialType } from './official-otlp.ts'

/** A KeyValue as protobufjs takes it; 64-bit numbers as decimal text. */
export interface AttributeObject {
  readonly key: string
  readonly value: object
}

/** A Span as protobufjs takes it. */
export interface SpanObject {
  readonly traceId: Uint8Array
  readonly spanId: Uint8Array
  readonly parentSpanId?: Uint8Array
  readonly traceState?: string
  readonly name?: string
  readonly kind?: number
  readonly startTimeUnixNano?: string
  readonly endTimeUnixNano?: string
  readonly attributes?: readonly AttributeObject[]
  readonly droppedAttributesCount?: number
  readonly events?: readonly EventObject[]
  readonly droppedEventsCount?: number
  readonly links?: readonly LinkObject[]
  readonly droppedLinksCount?: number
  readonly status?: { readonly message?: string; readonly code?: number }
  readonly flags?: number
}

export interface EventObject {
  readonly timeUnixNano?: string
  readonly name?: string
  readonly attributes?: readonly AttributeObject[]
  readonly droppedAttributesCount?: number
}

export interface LinkObject {
  readonly traceId: Uint8Array
  readonly spanId: Uint8Array
  readonly traceState?: string
  readonly attributes?: readonly AttributeObject[]
  readonly droppedAttributesCount?: number
  readonly flags?: number
}

/** What a test says of a span when it cares for the tree only. Times in microseconds after the test's epoch. */
export interface SpanSketch extends Omit<SpanObject, 'traceId' | 'spanId' | 'parentSpanId'> {
  readonly id: number
  readonly trace?: number
  readonly parent?: number
  readonly startUs?: number
  readonly endUs?: number
}

export const EPOCH_NS = 1_700_000_000_000_000_000n

export function sketchSpan({
  id,
  trace = 1,
  parent,
  startUs = id,
  endUs = startUs + 1,
  ...rest
}: SpanSketch): SpanObject {
  return {
    traceId: bytesOf(trace, 16),
    spanId: bytesOf(id, 8),
    ...(parent === undefined ? {} : { parentSpanId: bytesOf(parent, 8) }),
    name: `span ${id}`,
    kind: 1,
    startTimeUnixNano: String(EPOCH_NS + BigInt(startUs) * 1000n),
    endTimeUnixNano: String(EPOCH_NS + BigInt(endUs) * 1000n),
    flags: 0x101,
    ...rest,
  }
}

/** A batch whose bytes come from the official encoder and not from ours. */
export function batchOf(spans: readonly SpanObject[]): SpanBatch {
  const scope = { name: 'test', version: '1' }
  const bytes = officialEncode(officialType('trace.v1.ScopeSpans'), { spans })
  const resource = { attributes: [{ key: 'service.name', value: { stringValue: 'test' } }] }
  return {
    count: spans.length,
    resource: { __proto__: null, 'service.name': 'test' } as unknown as SpanBatch['resource'],
    scope,
    bytes,
    request: () => officialEncode(OfficialRequest, { resourceSpans: [{ resource, scopeSpans: [{ scope, spans }] }] }),
    spans: () => readSpans(bytes),
  }
}

export function sketchBatch(...spans: readonly SpanSketch[]): SpanBatch {
  return batchOf(spans.map(sketchSpan))
}

function bytesOf(value: number, length: number): Uint8Array {
  const bytes = Buffer.alloc(length)
  bytes.writeUInt32BE(value, length - 4)
  return bytes
}
