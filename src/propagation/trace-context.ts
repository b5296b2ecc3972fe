import type { SpanContext } from '../types/span.ts'
import { type ReadableCarrier, readCarrier } from './carrier.ts'
import { loadOtherHeaders } from './load-other-headers.ts'
import type { TraceFormat } from './trace-format.ts'
import { formatTraceparent, parseTraceparent } from './traceparent.ts'

/** W3C Trace Context. */
export const TRACE_CONTEXT: TraceFormat = {
  headers: ['traceparent', 'tracestate'],
  read: readTraceContext,
  write(span, set) {
    set('traceparent', formatTraceparent(span))
    // A new `traceparent` never stands beside the `tracestate` of another trace.
    set('tracestate', (span.traceState && loadOtherHeaders().formatTraceState(span.traceState)) || undefined)
  },
}

function readTraceContext(carrier: ReadableCarrier): SpanContext | undefined {
  const traceparent = readCarrier(carrier, 'traceparent')
  const parent = traceparent === undefined ? undefined : parseTraceparent(traceparent)
  if (parent === undefined) return undefined
  const tracestate = readCarrier(carrier, 'tracestate')
  const traceState = tracestate === undefined ? undefined : loadOtherHeaders().parseTraceState(tracestate)
  if (traceState === undefined) return parent
  // Spreading `parent` costs 0.8 µs, more than all the rest.
  const { traceId, spanId, traceFlags } = parent
  return { traceId, spanId, traceFlags, isRemote: true, traceState }
}
