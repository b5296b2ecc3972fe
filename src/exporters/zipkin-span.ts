import type { EventView, SpanBatch, SpanView, ViewAttributes } from '../types/exporter.ts'
import { SpanKind, SpanStatusCode } from '../types/span.ts'
import { scopeAttributes } from './scope-attributes.ts'
import { valueText } from './value-text.ts'

/** A span of Zipkin's API v2 (zipkin2-api.yaml); times are whole microseconds. What is empty is left out. */
export interface ZipkinSpan {
  readonly traceId: string
  readonly id: string
  readonly parentId?: string | undefined
  readonly name: string
  readonly kind?: string | undefined
  readonly timestamp: number
  readonly duration: number
  readonly localEndpoint: { readonly serviceName: string }
  readonly remoteEndpoint?: { readonly serviceName: string } | undefined
  readonly annotations?: readonly { readonly timestamp: number; readonly value: string }[] | undefined
  readonly tags?: Readonly<Record<string, string>> | undefined
}

/** Zipkin has no kind for work inside of a process. */
const KINDS: Readonly<Record<number, string>> = {
  [SpanKind.SERVER]: 'SERVER',
  [SpanKind.CLIENT]: 'CLIENT',
  [SpanKind.PRODUCER]: 'PRODUCER',
  [SpanKind.CONSUMER]: 'CONSUMER',
}

/** Attributes that name the other side, the best first (OTel spec, Zipkin exporter, "Remote endpoint"). */
const REMOTE_NAMES = [
  'peer.service',
  'server.address',
  'net.peer.name',
  'network.peer.address',
  'server.socket.domain',
  'server.socket.address',
  'net.sock.peer.name',
  'net.sock.peer.addr',
  'peer.hostname',
  'peer.address',
  'db.name',
] as const

/** Of what Zipkin has no place for, links and trace state are lost. */
export function toZipkinSpan(span: SpanView, { resource, scope }: Pick<SpanBatch, 'resource' | 'scope'>): ZipkinSpan {
  const tags = tagsOf(span, resource, scope)
  return {
    traceId: span.traceId,
    id: span.spanId,
    parentId: span.parentSpanId,
    name: span.name,
    kind: KINDS[span.kind],
    timestamp: microseconds(span.startTimeUnixNano),
    // Zipkin takes no duration of 0.
    duration: Math.max(1, microseconds(span.endTimeUnixNano) - microseconds(span.startTimeUnixNano)),
    localEndpoint: { serviceName: valueText(resource['service.name'] ?? null) },
    remoteEndpoint: remoteEndpoint(span),
    annotations: span.events.length === 0 ? undefined : span.events.map(annotation),
    tags,
  }
}

function microseconds(nanoseconds: bigint): number {
  return Number(nanoseconds / 1_000n)
}

/** The span's own attributes beat those of the resource. */
function tagsOf(span: SpanView, resource: ViewAttributes, scope: SpanBatch['scope']): Record<string, string> {
  const { 'service.name': _name, ...described } = resource
  return {
    ...texts(described),
    ...texts(withoutFalseError(span.attributes)),
    ...scopeAttributes(scope),
    ...statusTags(span),
    ...droppedTags(span),
  }
}

function texts(attributes: ViewAttributes): Record<string, string> {
  return Object.fromEntries(Object.entries(attributes).map(([key, value]) => [key, valueText(value)]))
}

/** In Zipkin a span with a tag `error` has failed, whatever its value. */
function withoutFalseError(attributes: ViewAttributes): ViewAttributes {
  if (attributes.error !== false) return attributes
  const { error: _false, ...others } = attributes
  return others
}

function statusTags({ status: { code, message } }: SpanView): Record<string, string> {
  if (code === SpanStatusCode.UNSET) return {}
  return code === SpanStatusCode.OK ? { 'otel.status_code': 'OK' } : { 'otel.status_code': 'ERROR', error: message }
}

function droppedTags(span: SpanView): Record<string, string> {
  const counts = {
    'otel.dropped_attributes_count': span.droppedAttributesCount,
    'otel.dropped_events_count': span.droppedEventsCount,
    'otel.dropped_links_count': span.droppedLinksCount,
  }
  const lost = Object.entries(counts).filter(([, count]) => count > 0)
  return Object.fromEntries(lost.map(([key, count]) => [key, String(count)]))
}

/** The name or, with attributes, the name and a JSON object of them. */
function annotation({ name, timeUnixNano, attributes }: EventView): { timestamp: number; value: string } {
  const hasAttributes = Object.keys(attributes).length > 0
  const value = hasAttributes ? `${JSON.stringify(name)}: ${valueText(attributes)}` : name
  return { timestamp: microseconds(timeUnixNano), value }
}

function remoteEndpoint({ kind, attributes }: SpanView): ZipkinSpan['remoteEndpoint'] {
  if (kind !== SpanKind.CLIENT && kind !== SpanKind.PRODUCER) return undefined
  const key = REMOTE_NAMES.find(name => attributes[name] !== undefined)
  return key === undefined ? undefined : { serviceName: valueText(attributes[key]!) }
}
