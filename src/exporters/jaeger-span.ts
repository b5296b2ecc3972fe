import type { EventView, LinkView, SpanBatch, SpanView, ViewAttributes, ViewValue } from '../types/exporter.ts'
import { SpanKind, SpanStatusCode } from '../types/span.ts'
import { scopeAttributes } from './scope-attributes.ts'
import { valueText } from './value-text.ts'

/** A whole number is Jaeger's LONG, another number its DOUBLE. */
export type TagValue = string | boolean | number | bigint | Uint8Array
export type Tags = Map<string, TagValue>

/** A span in Jaeger's model (`jaeger.thrift`); ids are hex and times microseconds. */
export interface JaegerSpan {
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId: string | undefined
  operationName: string
  /** Spans of which this one is a consequence. */
  readonly followsFrom: readonly { readonly traceId: string; readonly spanId: string }[]
  readonly sampled: boolean
  readonly startUs: bigint
  readonly durationUs: bigint
  readonly tags: Tags
  readonly logs: readonly JaegerLog[]
}

export interface JaegerLog {
  readonly timestampUs: bigint
  readonly fields: Tags
}

export interface JaegerProcess {
  readonly serviceName: string
  readonly tags: Tags
}

const SAMPLED = 1

/** Jaeger has no kind for work inside of a process. */
const KINDS: Readonly<Record<number, string>> = {
  [SpanKind.SERVER]: 'server',
  [SpanKind.CLIENT]: 'client',
  [SpanKind.PRODUCER]: 'producer',
  [SpanKind.CONSUMER]: 'consumer',
}

/** As the specification of OpenTelemetry's Jaeger exporter has it. */
export function toJaegerSpan(span: SpanView, scope: SpanBatch['scope']): JaegerSpan {
  const startUs = microseconds(span.startTimeUnixNano)
  const endUs = microseconds(span.endTimeUnixNano)
  const references = span.links.filter(link => !isTakenForParent(link, span))
  const described = span.links.filter(link => isTakenForParent(link, span) || hasDetails(link))
  return {
    traceId: span.traceId,
    spanId: span.spanId,
    parentSpanId: span.parentSpanId,
    operationName: span.name,
    followsFrom: references,
    sampled: (span.traceFlags & SAMPLED) !== 0,
    startUs,
    durationUs: endUs > startUs ? endUs - startUs : 0n,
    tags: tagsOf(span, scope),
    logs: [...described.map(link => linkLog(link, startUs)), ...span.events.map(eventLog)],
  }
}

/** The resource. */
export function toJaegerProcess({ 'service.name': name = null, ...described }: ViewAttributes): JaegerProcess {
  return { serviceName: valueText(name), tags: toTags(described) }
}

function microseconds(nanoseconds: bigint): bigint {
  return nanoseconds / 1_000n
}

/** What we say of the span beats its own attributes. */
function tagsOf(span: SpanView, scope: SpanBatch['scope']): Tags {
  const { kind, status, traceState } = span
  const tags = toTags(span.attributes)
  setAll(tags, scopeAttributes(scope))
  if (KINDS[kind] !== undefined) tags.set('span.kind', KINDS[kind])
  if (status.code === SpanStatusCode.OK) tags.set('otel.status_code', 'OK')
  if (status.code === SpanStatusCode.ERROR) tags.set('otel.status_code', 'ERROR').set('error', true)
  if (status.message !== '') tags.set('otel.status_description', status.message)
  if (traceState !== '') tags.set('w3c.tracestate', traceState)
  setCount(tags, 'otel.dropped_attributes_count', span.droppedAttributesCount)
  setCount(tags, 'otel.dropped_events_count', span.droppedEventsCount)
  setCount(tags, 'otel.dropped_links_count', span.droppedLinksCount)
  return tags
}

function toTags(attributes: ViewAttributes): Tags {
  const tags: Tags = new Map()
  setAll(tags, attributes)
  return tags
}

function setAll(tags: Tags, attributes: ViewAttributes): void {
  for (const key in attributes) tags.set(key, tagValue(attributes[key]!))
}

/** NaN and the infinities become texts: with one of them in it Jaeger cannot answer its own page, and none of the traces there is shown. */
function tagValue(value: ViewValue): TagValue {
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value)
  return typeof value === 'object' && !(value instanceof Uint8Array) ? valueText(value) : value
}

function setCount(tags: Tags, key: string, count: number): void {
  if (count > 0) tags.set(key, count)
}

/** An attribute `event` of the event's own beats its name. */
function eventLog({ name, timeUnixNano, attributes, droppedAttributesCount }: EventView): JaegerLog {
  const fields: Tags = new Map([['event', name]])
  setAll(fields, attributes)
  setCount(fields, 'otel.dropped_attributes_count', droppedAttributesCount)
  return { timestampUs: microseconds(timeUnixNano), fields }
}

/** A root that refers to a span of its own trace is shown as that span's child, by the Collector too. */
function isTakenForParent(link: LinkView, span: SpanView): boolean {
  return span.parentSpanId === undefined && link.traceId === span.traceId
}

/** A reference has ids and nothing else. */
function hasDetails({ attributes, traceState, droppedAttributesCount }: LinkView): boolean {
  return traceState !== '' || droppedAttributesCount > 0 || Object.keys(attributes).length > 0
}

function linkLog(link: LinkView, timestampUs: bigint): JaegerLog {
  const fields = toTags(link.attributes)
  fields.set('event', 'link').set('trace_id', link.traceId).set('span_id', link.spanId)
  if (link.traceState !== '') fields.set('w3c.tracestate', link.traceState)
  setCount(fields, 'otel.dropped_attributes_count', link.droppedAttributesCount)
  return { timestampUs, fields }
}
