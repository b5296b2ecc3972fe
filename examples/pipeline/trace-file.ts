import { existsSync, readFileSync } from 'node:fs'

/** As much of a span as the tree shows. */
export interface FiledSpan {
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId: string | undefined
  readonly name: string
  readonly startNs: bigint
  readonly durationMs: number
  readonly service: string
  readonly processId: string
  /** The status message of a failed span. */
  readonly error: string | undefined
  /** The traces that it points to, with the attempt whose span is meant there. */
  readonly links: readonly { readonly traceId: string; readonly attempt: string }[]
}

/** The spans of an OTLP JSON lines file, in the file's order; none where there is no file. Throws on a broken line. */
export function readTraceFile(path: string): FiledSpan[] {
  if (!existsSync(path)) return []
  const lines = readFileSync(path, 'utf8').split('\n')
  return lines.filter(line => line !== '').flatMap(line => spansOf(JSON.parse(line) as OtlpRequest))
}

function spansOf(request: OtlpRequest): FiledSpan[] {
  return request.resourceSpans.flatMap(({ resource, scopeSpans }) => {
    const service = attribute(resource, 'service.name')
    const processId = attribute(resource, 'process.pid')
    return scopeSpans.flatMap(scope => scope.spans.map(span => ({ ...readSpan(span), service, processId })))
  })
}

function readSpan(span: OtlpSpan): Omit<FiledSpan, 'service' | 'processId'> {
  const startNs = BigInt(span.startTimeUnixNano)
  return {
    traceId: span.traceId,
    spanId: span.spanId,
    parentSpanId: span.parentSpanId || undefined,
    name: span.name,
    startNs,
    durationMs: Number(BigInt(span.endTimeUnixNano) - startNs) / 1e6,
    links: (span.links ?? []).map(link => ({ traceId: link.traceId, attempt: attribute(link, 'job.attempt') })),
    error: span.status?.code === STATUS_ERROR ? (span.status.message ?? '') : undefined,
  }
}

const STATUS_ERROR = 2

function attribute({ attributes = [] }: OtlpAttributed, key: string): string {
  const value = attributes.find(candidate => candidate.key === key)?.value
  return value?.stringValue ?? String(value?.intValue ?? '')
}

/** The part of OTLP's JSON form (`ExportTraceServiceRequest`) that is read here. */
interface OtlpRequest {
  readonly resourceSpans: readonly {
    readonly resource: OtlpAttributed
    readonly scopeSpans: readonly { readonly spans: readonly OtlpSpan[] }[]
  }[]
}

interface OtlpAttributed {
  readonly attributes?: readonly {
    readonly key: string
    readonly value: { readonly stringValue?: string; readonly intValue?: string | number }
  }[]
}

interface OtlpSpan {
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId?: string
  readonly name: string
  readonly startTimeUnixNano: string
  readonly endTimeUnixNano: string
  readonly links?: readonly (OtlpAttributed & { readonly traceId: string })[]
  readonly status?: { readonly code?: number; readonly message?: string }
}
