import type { EventView, LinkView, SpanBatch, SpanView, ViewAttributes } from '../types/exporter.ts'
import { SpanStatusCode } from '../types/span.ts'
import { VERSION } from '../version.ts'
import { type CloudTraceAttributes, toCloudTraceAttributes } from './cloud-trace-attributes.ts'
import { droppedCount, LIMITS, type TruncatableString, truncatable } from './cloud-trace-limits.ts'
import { monitoredResource } from './cloud-trace-resource.ts'
import { scopeAttributes } from './scope-attributes.ts'

/** google.devtools.cloudtrace.v2.Span in JSON. What is undefined is left out. */
export interface CloudTraceSpan {
  readonly name: string
  readonly spanId: string
  readonly parentSpanId?: string | undefined
  readonly displayName: TruncatableString
  readonly startTime: string
  readonly endTime: string
  readonly attributes: CloudTraceAttributes
  readonly timeEvents?: TimeEvents | undefined
  readonly links?: Links | undefined
  /** google.rpc.Status. */
  readonly status?: { readonly code: number; readonly message?: string | undefined } | undefined
  readonly sameProcessAsParentSpan?: boolean | undefined
  readonly spanKind: string
}

interface TimeEvents {
  readonly timeEvent: readonly {
    readonly time: string
    readonly annotation: { readonly description: TruncatableString; readonly attributes: CloudTraceAttributes }
  }[]
  readonly droppedAnnotationsCount?: number | undefined
}

interface Links {
  readonly link: readonly {
    readonly traceId: string
    readonly spanId: string
    readonly type: string
    readonly attributes: CloudTraceAttributes
  }[]
  readonly droppedLinksCount?: number | undefined
}

/** By `SpanKind`. */
const KINDS = ['INTERNAL', 'SERVER', 'CLIENT', 'PRODUCER', 'CONSUMER'] as const
/** google.rpc.Code. */
const OK = 0
const UNKNOWN = 2
const NANOSECONDS = 1_000_000_000n
/** The API takes no span without a name. */
const NO_NAME = '(no name)'

export type CloudTraceMapper = (span: SpanView) => CloudTraceSpan

/** Maps the spans of one project and resource, which Cloud Trace has no place for but in each span. Trace state is lost. */
export function createCloudTraceMapper(
  projectId: string,
  { resource, scope }: Pick<SpanBatch, 'resource' | 'scope'>,
): CloudTraceMapper {
  const agent = { 'g.co/agent': `blueprint-tracing ${VERSION}` }
  const first = Object.assign(Object.create(null), agent, monitoredResource(resource)) as ViewAttributes
  const last = Object.assign(Object.create(null), scopeAttributes(scope), resource) as ViewAttributes
  return span => ({
    name: `projects/${projectId}/traces/${span.traceId}/spans/${span.spanId}`,
    spanId: span.spanId,
    parentSpanId: span.parentSpanId,
    displayName: truncatable(span.name || NO_NAME, LIMITS.nameBytes),
    startTime: timestamp(span.startTimeUnixNano),
    endTime: timestamp(span.endTimeUnixNano),
    attributes: toCloudTraceAttributes([first, span.attributes, last], span.droppedAttributesCount),
    timeEvents: toTimeEvents(span.events, span.droppedEventsCount),
    links: toLinks(span.links, span.droppedLinksCount),
    status: toStatus(span.status),
    sameProcessAsParentSpan: span.parentSpanId === undefined ? undefined : !span.parentIsRemote,
    spanKind: KINDS[span.kind],
  })
}

function toStatus({ code, message }: SpanView['status']): CloudTraceSpan['status'] {
  if (code === SpanStatusCode.UNSET) return undefined
  if (code === SpanStatusCode.OK) return { code: OK }
  return { code: UNKNOWN, message: truncatable(message, LIMITS.valueBytes).value || undefined }
}

function toTimeEvents(events: readonly EventView[], droppedBefore: number): TimeEvents | undefined {
  if (events.length + droppedBefore === 0) return undefined
  const kept = events.slice(0, LIMITS.events)
  const dropped = droppedBefore + events.length - kept.length
  const timeEvent = kept.map(({ name, timeUnixNano, attributes, droppedAttributesCount }) => ({
    time: timestamp(timeUnixNano),
    annotation: {
      description: truncatable(name, LIMITS.eventNameBytes),
      attributes: toCloudTraceAttributes([attributes], droppedAttributesCount),
    },
  }))
  return { timeEvent, droppedAnnotationsCount: droppedCount(dropped) }
}

function toLinks(links: readonly LinkView[], droppedBefore: number): Links | undefined {
  if (links.length + droppedBefore === 0) return undefined
  const kept = links.slice(0, LIMITS.links)
  const dropped = droppedBefore + links.length - kept.length
  const link = kept.map(({ traceId, spanId, attributes, droppedAttributesCount }) => ({
    traceId,
    spanId,
    type: 'TYPE_UNSPECIFIED',
    attributes: toCloudTraceAttributes([attributes], droppedAttributesCount),
  }))
  return { link, droppedLinksCount: droppedCount(dropped) }
}

/** RFC 3339 in UTC, with the nine digits that the API takes at most. */
function timestamp(unixNano: bigint): string {
  const seconds = new Date(Number(unixNano / NANOSECONDS) * 1_000).toISOString().slice(0, -'.000Z'.length)
  return `${seconds}.${String(unixNano % NANOSECONDS).padStart(9, '0')}Z`
}
