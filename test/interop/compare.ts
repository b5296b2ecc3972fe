import assert from 'node:assert/strict'
import type { OtlpRequest } from './backends.ts'
import type { KeyValue, OtlpEvent, OtlpLink, OtlpSpan } from './expected.ts'
import { withoutFrames } from './expected.ts'

type Raw = Readonly<Record<string, unknown>>

/** The spans of `service` among what the Collector wrote, each with every field there. */
export function spansOf(requests: readonly OtlpRequest[], service: string): OtlpSpan[] {
  return requests
    .flatMap(({ resourceSpans }) => resourceSpans)
    .filter(({ resource }) => serviceName(resource) === service)
    .flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans.map(span => wholeSpan(span as Raw))))
}

function serviceName({ attributes = [] }: { readonly attributes?: readonly object[] }): unknown {
  const found = (attributes as readonly KeyValue[]).find(({ key }) => key === 'service.name')
  return (found?.value as { stringValue?: string } | undefined)?.stringValue
}

/** Fills in what the JSON leaves out, which is every default. */
function wholeSpan(span: Raw): OtlpSpan {
  const status = (span.status ?? {}) as Raw
  return {
    traceId: textOf(span.traceId),
    spanId: textOf(span.spanId),
    parentSpanId: textOf(span.parentSpanId),
    traceState: textOf(span.traceState),
    flags: Number(span.flags ?? 0),
    name: textOf(span.name),
    kind: Number(span.kind ?? 0),
    startTimeUnixNano: textOf(span.startTimeUnixNano),
    endTimeUnixNano: textOf(span.endTimeUnixNano),
    attributes: keyValues(span.attributes),
    droppedAttributesCount: Number(span.droppedAttributesCount ?? 0),
    events: listOf(span.events).map(wholeEvent),
    droppedEventsCount: Number(span.droppedEventsCount ?? 0),
    links: listOf(span.links).map(wholeLink),
    droppedLinksCount: Number(span.droppedLinksCount ?? 0),
    status: { code: Number(status.code ?? 0), message: textOf(status.message) },
  }
}

function wholeEvent(event: Raw): OtlpEvent {
  return {
    timeUnixNano: String(event.timeUnixNano ?? 0),
    name: textOf(event.name),
    attributes: keyValues(event.attributes).map(withoutStack),
    droppedAttributesCount: Number(event.droppedAttributesCount ?? 0),
  }
}

function wholeLink(link: Raw): OtlpLink {
  return {
    traceId: textOf(link.traceId),
    spanId: textOf(link.spanId),
    traceState: textOf(link.traceState),
    flags: Number(link.flags ?? 0),
    attributes: keyValues(link.attributes),
    droppedAttributesCount: Number(link.droppedAttributesCount ?? 0),
  }
}

function withoutStack({ key, value }: KeyValue): KeyValue {
  if (key !== 'exception.stacktrace' || !('stringValue' in value)) return { key, value }
  return { key, value: { stringValue: withoutFrames(value.stringValue) } }
}

function keyValues(attributes: unknown): KeyValue[] {
  return listOf(attributes).map(each => ({ key: textOf(each.key), value: wholeValue((each.value ?? {}) as Raw) }))
}

/** An empty list may come without its values, too. */
function wholeValue(value: Raw): KeyValue['value'] {
  if (!('arrayValue' in value)) return value as KeyValue['value']
  const { values = [] } = value.arrayValue as { values?: readonly Raw[] }
  return { arrayValue: { values: values.map(each => wholeValue(each)) } } as KeyValue['value']
}

function listOf(value: unknown): readonly Raw[] {
  return (value ?? []) as readonly Raw[]
}

function textOf(value: unknown): string {
  return value === undefined ? '' : String(value)
}

/** Holds the spans that have arrived against those expected, field by field; gives the number of fields. */
export function compareSpans<S extends { readonly spanId: string }>(
  actual: readonly S[],
  expected: readonly S[],
): number {
  const byId = (a: S, b: S) => (a.spanId < b.spanId ? -1 : 1)
  const [arrived, wanted] = [[...actual].sort(byId), [...expected].sort(byId)]
  assert.deepEqual(
    arrived.map(({ spanId }) => spanId),
    wanted.map(({ spanId }) => spanId),
    'each span once',
  )
  for (const [index, span] of wanted.entries()) assert.deepEqual(arrived[index], span)
  return countFields(wanted)
}

export function countFields(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 1
  return Object.values(value).reduce((sum: number, each) => sum + countFields(each), 0)
}
