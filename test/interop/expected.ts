import { type AnyValue, type Attribute, type CorpusSpan, DEFAULT_TIMES } from './corpus.ts'

/** What the sending program says of a span. */
export interface SentIds {
  readonly name: string
  readonly traceId: string
  readonly spanId: string
}

export interface KeyValue {
  readonly key: string
  readonly value: AnyValue | Record<string, never>
}

/** A span of OTLP's JSON with every field there; the stack trace of an exception is left to `withoutStacks`. */
export interface OtlpSpan {
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId: string
  readonly traceState: string
  readonly flags: number
  readonly name: string
  readonly kind: number
  readonly startTimeUnixNano: string
  readonly endTimeUnixNano: string
  readonly attributes: readonly KeyValue[]
  readonly droppedAttributesCount: number
  readonly events: readonly OtlpEvent[]
  readonly droppedEventsCount: number
  readonly links: readonly OtlpLink[]
  readonly droppedLinksCount: number
  readonly status: { readonly code: number; readonly message: string }
}

export interface OtlpEvent {
  readonly timeUnixNano: string
  readonly name: string
  readonly attributes: readonly KeyValue[]
  readonly droppedAttributesCount: number
}

export interface OtlpLink {
  readonly traceId: string
  readonly spanId: string
  readonly traceState: string
  readonly flags: number
  readonly attributes: readonly KeyValue[]
  readonly droppedAttributesCount: number
}

const LIMIT = 128

/** What has to arrive of a span of the corpus, by OTLP and by the rules of the API alone. */
export function expectedSpan(each: CorpusSpan, ids: SentIds, parents: ReadonlyMap<string, SentIds>): OtlpSpan {
  const [, remoteTraceId, remoteSpanId] = each.remote?.traceparent.split('-') ?? []
  return {
    traceId: remoteTraceId ?? ids.traceId,
    spanId: ids.spanId,
    parentSpanId: remoteSpanId ?? (each.parent === undefined ? '' : parents.get(each.parent)!.spanId),
    traceState: each.remote?.tracestate ?? '',
    flags: each.remote === undefined ? 0x103 : 0x301,
    name: each.arrivesAs ?? each.name,
    kind: (each.kind ?? 0) + 1,
    startTimeUnixNano: nanoseconds(each.start ?? DEFAULT_TIMES.start),
    endTimeUnixNano: nanoseconds(each.end ?? DEFAULT_TIMES.end),
    attributes: keyValues(each.attributes).slice(0, LIMIT),
    droppedAttributesCount: each.droppedAttributes ?? 0,
    events: eventsOf(each).slice(0, LIMIT),
    droppedEventsCount: each.droppedEvents ?? 0,
    links: linksOf(each).slice(0, LIMIT),
    droppedLinksCount: each.droppedLinks ?? 0,
    status: { code: each.status?.code ?? 0, message: each.status?.message ?? '' },
  }
}

function keyValues(attributes: readonly Attribute[] = []): KeyValue[] {
  return attributes.flatMap(([key, , value]) => (value === undefined ? [] : [{ key, value }]))
}

function eventsOf({ events = [], exception }: CorpusSpan): OtlpEvent[] {
  const own = events.map(({ name, time, attributes }) => ({
    timeUnixNano: nanoseconds(time),
    name,
    attributes: keyValues(attributes),
    droppedAttributesCount: 0,
  }))
  if (exception === undefined) return own
  const attributes = [
    { key: 'exception.type', value: { stringValue: exception.name } },
    { key: 'exception.message', value: { stringValue: exception.message } },
    { key: 'exception.stacktrace', value: { stringValue: stackOf(exception) } },
  ]
  const timeUnixNano = nanoseconds(DEFAULT_TIMES.start)
  return [...own, { timeUnixNano, name: 'exception', attributes, droppedAttributesCount: 0 }]
}

/** Its first lines, without the frames, which are those of another process. */
function stackOf(exception: Error): string {
  const cause = exception.cause as Error
  return `${exception.name}: ${exception.message}\nCaused by: ${cause.name}: ${cause.message}`
}

/** A stack trace reduced to what `stackOf` gives. */
export function withoutFrames(text: string): string {
  return text.replaceAll(/\n {4}at [^\n]*/g, '')
}

function linksOf({ links = [] }: CorpusSpan): OtlpLink[] {
  return links.map(({ link: { context }, attributes, flags }) => ({
    traceId: context.traceId,
    spanId: context.spanId,
    traceState: context.traceState?.serialize() ?? '',
    flags,
    attributes: keyValues(attributes),
    droppedAttributesCount: 0,
  }))
}

function nanoseconds([seconds, nanos]: readonly [number, number]): string {
  return String(BigInt(seconds) * 1_000_000_000n + BigInt(nanos))
}
