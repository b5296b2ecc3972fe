import type { BaggageEntry, Carrier, TraceContext } from '../types/context.ts'
import type { PropagatorName } from '../types/options.ts'
import type { SpanContext } from '../types/span.ts'
import { formatBaggage, parseBaggage } from './baggage.ts'
import { type HeaderName, type ReadableCarrier, readCarrier, writeCarrier } from './carrier.ts'
import { parseRequestId } from './request-id.ts'
import { isValidSpanContext } from './span-context.ts'
import { formatTraceparent, parseTraceparent } from './traceparent.ts'
import { formatTraceState, parseTraceState } from './tracestate.ts'

const NO_BAGGAGE: ReadonlyMap<string, BaggageEntry> = new Map()

/** No parent, no baggage, no request id. */
export const EMPTY_CONTEXT: TraceContext = Object.freeze({
  spanContext: undefined,
  baggage: NO_BAGGAGE,
  requestId: undefined,
})

/** What a context sends, by header; undefined is not sent. */
export type ContextHeaders = Record<HeaderName, string | undefined>

/** The context in a carrier, `EMPTY_CONTEXT` where nothing in it can be used. Never throws. */
export function extractContext(
  carrier: ReadableCarrier | null | undefined,
  propagators: readonly PropagatorName[],
): TraceContext {
  const spanContext = propagators.includes('tracecontext') ? extractSpanContext(carrier) : undefined
  const baggage = propagators.includes('baggage') ? extractBaggage(carrier) : NO_BAGGAGE
  const requestId = propagators.includes('request-id') ? extractRequestId(carrier) : undefined
  if (spanContext === undefined && baggage.size === 0 && requestId === undefined) return EMPTY_CONTEXT
  return { spanContext, baggage, requestId }
}

/**
 * Writes the context to a carrier. What the context has nothing of is left as the carrier has it, except a
 * `tracestate` beside a new `traceparent`, since it would belong to another trace.
 */
export function injectContext(context: TraceContext, carrier: Carrier, propagators: readonly PropagatorName[]): void {
  const headers = formatContext(context, propagators)
  if (headers.traceparent !== undefined) {
    writeCarrier(carrier, 'traceparent', headers.traceparent)
    writeCarrier(carrier, 'tracestate', headers.tracestate)
  }
  if (headers.baggage !== undefined) writeCarrier(carrier, 'baggage', headers.baggage)
  if (headers['x-request-id'] !== undefined) writeCarrier(carrier, 'x-request-id', headers['x-request-id'])
}

/** The header values of a context: an invalid span context, empty baggage and a malformed request id have none. */
export function formatContext(context: TraceContext, propagators: readonly PropagatorName[]): ContextHeaders {
  const { spanContext, baggage, requestId } = context
  const span = propagators.includes('tracecontext') && isValidSpanContext(spanContext) ? spanContext : undefined
  return {
    traceparent: span && formatTraceparent(span),
    tracestate: (span?.traceState && formatTraceState(span.traceState)) || undefined,
    baggage: (propagators.includes('baggage') && formatBaggage(baggage)) || undefined,
    'x-request-id':
      propagators.includes('request-id') && requestId !== undefined ? parseRequestId(requestId) : undefined,
  }
}

function extractSpanContext(carrier: ReadableCarrier | null | undefined): SpanContext | undefined {
  const traceparent = readCarrier(carrier, 'traceparent')
  const parent = traceparent === undefined ? undefined : parseTraceparent(traceparent)
  if (parent === undefined) return undefined
  const tracestate = readCarrier(carrier, 'tracestate')
  const traceState = tracestate === undefined ? undefined : parseTraceState(tracestate)
  if (traceState === undefined) return parent
  // Spreading `parent` costs 0.8 µs, more than all the rest.
  const { traceId, spanId, traceFlags } = parent
  return { traceId, spanId, traceFlags, isRemote: true, traceState }
}

function extractBaggage(carrier: ReadableCarrier | null | undefined): ReadonlyMap<string, BaggageEntry> {
  const baggage = readCarrier(carrier, 'baggage')
  return baggage === undefined ? NO_BAGGAGE : parseBaggage(baggage)
}

function extractRequestId(carrier: ReadableCarrier | null | undefined): string | undefined {
  const requestId = readCarrier(carrier, 'x-request-id')
  return requestId === undefined ? undefined : parseRequestId(requestId)
}
