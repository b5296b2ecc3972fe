import { getCurrentSpan } from '../trace/current-span.ts'
import { SAMPLED } from '../trace/trace-flags.ts'

/** A value of a metric with the span that it was recorded in. */
export interface Exemplar {
  readonly labels: { readonly trace_id: string; readonly span_id: string }
  readonly value: number
  /** Unix time. */
  readonly timestampSeconds: number
}

/** Undefined where no span is current, or one that nobody will find. */
export function exemplarOf(value: number): Exemplar | undefined {
  const context = getCurrentSpan()?.spanContext()
  if (context === undefined || (context.traceFlags & SAMPLED) === 0) return undefined
  const labels = { trace_id: context.traceId, span_id: context.spanId }
  return { labels, value, timestampSeconds: Date.now() / 1_000 }
}
