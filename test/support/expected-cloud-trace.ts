import type { KeyValue, OtlpSpan } from '../interop/expected.ts'

type Json = Readonly<Record<string, unknown>>

/** Keys of what describes the process, which stands in each span. */
export const OWN_KEY: RegExp = /^(?:service|deployment|host|process|telemetry|otel|g\.co)[./]/

/** What has to stand in a batchWrite of a span, by Google's rules; without the attributes that stand in each span. */
export function inCloudTrace(span: OtlpSpan, projectId: string): Json {
  const { traceId, spanId, parentSpanId, events, links, status } = span
  const timeEvent = events.map(({ timeUnixNano, name, attributes, droppedAttributesCount }) => ({
    time: rfc3339(timeUnixNano),
    annotation: { description: cut(name, 256), attributes: attributeMap(attributes, droppedAttributesCount) },
  }))
  const link = links.map(each => ({
    traceId: each.traceId,
    spanId: each.spanId,
    type: 'TYPE_UNSPECIFIED',
    attributes: attributeMap(each.attributes, each.droppedAttributesCount),
  }))
  return {
    name: `projects/${projectId}/traces/${traceId}/spans/${spanId}`,
    spanId,
    ...(parentSpanId === '' ? {} : { parentSpanId, sameProcessAsParentSpan: (span.flags & 0x200) === 0 }),
    displayName: cut(span.name, 1_024),
    startTime: rfc3339(span.startTimeUnixNano),
    endTime: rfc3339(span.endTimeUnixNano),
    attributes: attributeMap(span.attributes, span.droppedAttributesCount),
    ...(timeEvent.length === 0
      ? {}
      : { timeEvents: { timeEvent, ...counted('droppedAnnotationsCount', span.droppedEventsCount) } }),
    ...(link.length === 0 ? {} : { links: { link, ...counted('droppedLinksCount', span.droppedLinksCount) } }),
    ...(status.code === 0 ? {} : { status: status.code === 1 ? { code: 0 } : failure(status.message) }),
    spanKind: ['', 'INTERNAL', 'SERVER', 'CLIENT', 'PRODUCER', 'CONSUMER'][span.kind],
  }
}

function failure(message: string): Json {
  return message === '' ? { code: 2 } : { code: 2, message }
}

function counted(name: string, count: number): Json {
  return count === 0 ? {} : { [name]: count }
}

function attributeMap(attributes: readonly KeyValue[], dropped: number): Json {
  const entries = attributes.map(({ key, value }) => [key, inAttribute(value)])
  return { attributeMap: Object.fromEntries(entries), ...counted('droppedAttributesCount', dropped) }
}

function inAttribute(value: KeyValue['value']): Json {
  if ('boolValue' in value || 'intValue' in value) return value
  if ('stringValue' in value) return { stringValue: cut(value.stringValue, 65_532) }
  if ('doubleValue' in value) return { stringValue: { value: String(value.doubleValue) } }
  if ('arrayValue' in value) return { stringValue: { value: JSON.stringify(value.arrayValue.values.map(element)) } }
  return { stringValue: { value: '' } }
}

function element(value: KeyValue['value']): unknown {
  if ('intValue' in value) return Number(value.intValue)
  return Object.values(value)[0] ?? null
}

/** The characters that fit, one after the other. */
function cut(text: string, maxBytes: number): Json {
  let bytes = 0
  let value = ''
  for (const character of text) {
    bytes += Buffer.byteLength(character)
    if (bytes > maxBytes) break
    value += character
  }
  const truncatedByteCount = Buffer.byteLength(text) - Buffer.byteLength(value)
  return truncatedByteCount === 0 ? { value } : { value, truncatedByteCount }
}

function rfc3339(unixNano: string): string {
  const digits = unixNano.padStart(10, '0')
  const date = new Date(Number(digits.slice(0, -9)) * 1_000)
  return date.toISOString().replace('.000Z', `.${digits.slice(-9)}Z`)
}
