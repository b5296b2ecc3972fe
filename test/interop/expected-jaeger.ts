import type { JaegerSpan, JaegerTag } from './backends.ts'
import { type KeyValue, type OtlpEvent, type OtlpLink, type OtlpSpan, withoutFrames } from './expected.ts'

const SCOPE = { name: 'blueprint-tracing', version: '0.1.0' }
const KINDS = ['', '', 'server', 'client', 'producer', 'consumer'] as const
const INTERNAL = 1

/**
 * What has to be left of a span once it has gone through Jaeger's model and the Collector's receiver for it: no kind for what is
 * internal, microseconds, and of the flags nothing. What has no place of its own has become an attribute.
 */
export function throughJaeger(span: OtlpSpan): OtlpSpan {
  return {
    ...span,
    traceState: '',
    flags: 0,
    kind: span.kind === INTERNAL ? 0 : span.kind,
    startTimeUnixNano: truncated(span.startTimeUnixNano),
    endTimeUnixNano: truncated(span.endTimeUnixNano),
    attributes: sorted([...span.attributes.map(asTag), ...scopeAttributes(), ...whatHasNoPlace(span)]),
    droppedAttributesCount: 0,
    events: [...linkEvents(span), ...span.events.map(asLog)],
    droppedEventsCount: 0,
    links: span.links.map(asReference),
    droppedLinksCount: 0,
  }
}

/** The same with what the receiver leaves open settled: attributes come in any order. */
export function withSortedAttributes(span: OtlpSpan): OtlpSpan {
  return {
    ...span,
    attributes: sorted(span.attributes),
    events: span.events.map(event => ({ ...event, attributes: sorted(event.attributes) })),
  }
}

/** What Jaeger's query service has to show of a span; times in µs. */
export function inJaeger(span: OtlpSpan): Omit<JaegerSpan, 'processID'> {
  const startUs = microseconds(span.startTimeUnixNano)
  const { code, message } = span.status
  const tags = [...span.attributes.map(asTag), ...scopeAttributes(), ...whatHasNoPlace(span)].map(toTag)
  const parent = { refType: 'CHILD_OF', traceID: span.traceId, spanID: span.parentSpanId }
  return {
    traceID: span.traceId,
    spanID: span.spanId,
    operationName: span.name,
    references: [
      ...(span.parentSpanId === '' ? [] : [parent]),
      ...span.links.map(({ traceId, spanId }) => ({ refType: 'FOLLOWS_FROM', traceID: traceId, spanID: spanId })),
    ],
    startTime: Number(startUs),
    duration: Number(microseconds(span.endTimeUnixNano) - startUs),
    tags: byKey([
      ...tags,
      ...(KINDS[span.kind] ? [{ key: 'span.kind', type: 'string', value: KINDS[span.kind] }] : []),
      ...(code === 0 ? [] : [{ key: 'otel.status_code', type: 'string', value: code === 1 ? 'OK' : 'ERROR' }]),
      ...(code === 2 ? [{ key: 'error', type: 'bool', value: true }] : []),
      ...(message === '' ? [] : [{ key: 'otel.status_description', type: 'string', value: message }]),
    ]),
    logs: [...linkEvents(span), ...span.events.map(asLog)].map(({ name, timeUnixNano, attributes }) => ({
      timestamp: Number(microseconds(timeUnixNano)),
      fields: byKey([{ key: 'event', type: 'string', value: name }, ...attributes.map(toTag)]),
    })),
  }
}

/** A span of Jaeger's as `inJaeger` has it. */
export function comparable(span: JaegerSpan): Omit<JaegerSpan, 'processID'> {
  const { traceID, spanID, operationName, references, startTime, duration, tags, logs } = span
  const reference = ({ refType, traceID, spanID }: JaegerSpan['references'][0]) => ({
    refType,
    // A trace id whose first half is zero is shown without it.
    traceID: traceID.padStart(32, '0'),
    spanID,
  })
  return {
    traceID,
    spanID,
    operationName,
    references: references.map(reference),
    startTime,
    duration,
    // Jaeger's own, on how it got the span.
    tags: byKey(tags.filter(({ key }) => key !== 'internal.span.format')),
    logs: logs.map(({ timestamp, fields }) => ({ timestamp, fields: byKey(fields.map(withoutStack)) })),
  }
}

function withoutStack(tag: JaegerTag): JaegerTag {
  return tag.key === 'exception.stacktrace' ? { ...tag, value: withoutFrames(String(tag.value)) } : tag
}

function microseconds(nanoseconds: string): bigint {
  return BigInt(nanoseconds) / 1000n
}

/** Jaeger has texts, flags and numbers; lists are JSON, and so is no number that JSON lacks. */
function asTag({ key, value }: KeyValue): KeyValue {
  if ('arrayValue' in value) return { key, value: { stringValue: JSON.stringify(value.arrayValue.values.map(plain)) } }
  if ('doubleValue' in value && typeof value.doubleValue === 'string') {
    return { key, value: { stringValue: value.doubleValue } }
  }
  return { key, value }
}

function plain(value: KeyValue['value']): unknown {
  if ('intValue' in value) return Number(value.intValue)
  return Object.values(value)[0] ?? null
}

function scopeAttributes(): KeyValue[] {
  return ['scope', 'library'].flatMap(name => [
    text(`otel.${name}.name`, SCOPE.name),
    text(`otel.${name}.version`, SCOPE.version),
  ])
}

function whatHasNoPlace(span: OtlpSpan): KeyValue[] {
  const counts = [
    ['otel.dropped_attributes_count', span.droppedAttributesCount],
    ['otel.dropped_events_count', span.droppedEventsCount],
    ['otel.dropped_links_count', span.droppedLinksCount],
  ] as const
  const kept = counts.filter(([, count]) => count > 0).map(([key, count]) => ({ key, value: { intValue: `${count}` } }))
  return span.traceState === '' ? kept : [...kept, text('w3c.tracestate', span.traceState)]
}

/** A reference has ids alone; what a link says beside them is kept as an event. */
function linkEvents({ links, startTimeUnixNano }: OtlpSpan): OtlpEvent[] {
  return links
    .filter(({ attributes }) => attributes.length > 0)
    .map(({ traceId, spanId, attributes }) => ({
      timeUnixNano: truncated(startTimeUnixNano),
      name: 'link',
      attributes: sorted([...attributes.map(asTag), text('trace_id', traceId), text('span_id', spanId)]),
      droppedAttributesCount: 0,
    }))
}

function asLog({ name, timeUnixNano, attributes }: OtlpEvent): OtlpEvent {
  return {
    timeUnixNano: truncated(timeUnixNano),
    name,
    attributes: sorted(attributes.map(asTag)),
    droppedAttributesCount: 0,
  }
}

function asReference(link: OtlpLink): OtlpLink {
  return { ...link, traceState: '', flags: 0, attributes: [text('opentracing.ref_type', 'follows_from')] }
}

function truncated(nanoseconds: string): string {
  return String(microseconds(nanoseconds) * 1000n)
}

function text(key: string, value: string): KeyValue {
  return { key, value: { stringValue: value } }
}

function toTag({ key, value }: KeyValue): JaegerTag {
  if ('stringValue' in value) return { key, type: 'string', value: value.stringValue }
  if ('boolValue' in value) return { key, type: 'bool', value: value.boolValue }
  if ('doubleValue' in value) return { key, type: 'float64', value: value.doubleValue }
  const number = Number((value as { intValue: string }).intValue)
  return { key, type: 'int64', value: Number.isSafeInteger(number) ? number : (value as { intValue: string }).intValue }
}

function sorted(attributes: readonly KeyValue[]): KeyValue[] {
  return byKey(attributes)
}

function byKey<T extends { readonly key: string }>(list: readonly T[]): T[] {
  return [...list].sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
}
