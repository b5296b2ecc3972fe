import type { BaggageEntry, Carrier, TraceContext } from '../types/context.ts'
import type { PropagatorName } from '../types/options.ts'
import { B3, B3_MULTI } from './b3.ts'
import { formatBaggage, parseBaggage } from './baggage.ts'
import { type HeaderName, type ReadableCarrier, readCarrier, type SetHeader, writeCarrier } from './carrier.ts'
import { CLOUD_TRACE } from './cloud-trace.ts'
import { JAEGER, readUberBaggage, writeUberBaggage } from './jaeger.ts'
import { parseRequestId } from './request-id.ts'
import { type IncomingTrace, rootDecisionOf, type SamplingDecision, withRootDecision } from './sampling.ts'
import { isValidSpanContext } from './span-context.ts'
import { TRACE_CONTEXT } from './trace-context.ts'
import type { TraceFormat } from './trace-format.ts'

const NO_HEADERS: readonly HeaderName[] = []
const NO_BAGGAGE: ReadonlyMap<string, BaggageEntry> = new Map()

/** No parent, no baggage, no request id. */
export const EMPTY_CONTEXT: TraceContext = Object.freeze({
  spanContext: undefined,
  baggage: NO_BAGGAGE,
  requestId: undefined,
})

/** Of the propagators that carry a trace. */
export const TRACE_FORMATS: Readonly<Partial<Record<PropagatorName, TraceFormat>>> = {
  tracecontext: TRACE_CONTEXT,
  b3: B3,
  b3multi: B3_MULTI,
  jaeger: JAEGER,
  gcp_trace: CLOUD_TRACE,
}

/** The context in a carrier, `EMPTY_CONTEXT` where nothing in it can be used. Never throws. */
export function extractContext(carrier: ReadableCarrier, propagators: readonly PropagatorName[]): TraceContext {
  const trace = extractTrace(carrier, propagators)
  const baggage = extractBaggage(carrier, propagators)
  const requestId = propagators.includes('request-id') ? extractRequestId(carrier) : undefined
  if (trace === undefined && baggage.size === 0 && requestId === undefined) return EMPTY_CONTEXT
  if (typeof trace !== 'string') return { spanContext: trace, baggage, requestId }
  return withRootDecision({ spanContext: undefined, baggage, requestId }, trace)
}

/**
 * Writes the context to a carrier. What the context has nothing of is left as the carrier has it, except what would belong to
 * another trace beside what is new.
 */
export function injectContext(context: TraceContext, carrier: Carrier, propagators: readonly PropagatorName[]): void {
  // A context that was put together by hand may throw when it is read, and then the carrier stays as it is.
  const headers: (string | undefined)[] = []
  writeContext(context, propagators, (header, value) => headers.push(header, value))
  for (let i = 0; i < headers.length; i += 2) writeCarrier(carrier, headers[i]!, headers[i + 1])
}

/** Sets the headers of a context: an invalid span context, empty baggage and a malformed request id have none. */
export function writeContext(context: TraceContext, propagators: readonly PropagatorName[], set: SetHeader): void {
  const { spanContext, baggage, requestId } = context
  const trace = isValidSpanContext(spanContext) ? spanContext : rootDecisionOf(context)
  if (trace !== undefined) writeTrace(trace, propagators, set)
  const text = propagators.includes('baggage') ? formatBaggage(baggage) : ''
  if (text !== '') set('baggage', text)
  if (propagators.includes('jaeger')) writeUberBaggage(baggage, set)
  const id = propagators.includes('request-id') && requestId !== undefined ? parseRequestId(requestId) : undefined
  if (id !== undefined) set('x-request-id', id)
}

/** The first parent in the order of the propagators; where none of them has one, the first decision. */
function extractTrace(carrier: ReadableCarrier, propagators: readonly PropagatorName[]): IncomingTrace | undefined {
  let decision: SamplingDecision | undefined
  for (const name of propagators) {
    const trace = TRACE_FORMATS[name]?.read(carrier)
    if (typeof trace === 'object') return trace
    decision ??= trace
  }
  return decision
}

function writeTrace(trace: IncomingTrace, propagators: readonly PropagatorName[], set: SetHeader): void {
  for (const name of propagators) {
    for (const header of TRACE_FORMATS[name]?.optional ?? NO_HEADERS) set(header, undefined)
  }
  for (const name of propagators) {
    const format = TRACE_FORMATS[name]
    if (typeof trace === 'object') format?.write(trace, set)
    else format?.writeDecision?.(trace, set)
  }
}

/** The first that is not empty, in the order of the propagators. */
function extractBaggage(
  carrier: ReadableCarrier,
  propagators: readonly PropagatorName[],
): ReadonlyMap<string, BaggageEntry> {
  for (const name of propagators) {
    if (name !== 'baggage' && name !== 'jaeger') continue
    const baggage = name === 'baggage' ? readBaggage(carrier) : readUberBaggage(carrier)
    if (baggage.size > 0) return baggage
  }
  return NO_BAGGAGE
}

function readBaggage(carrier: ReadableCarrier): ReadonlyMap<string, BaggageEntry> {
  const baggage = readCarrier(carrier, 'baggage')
  return baggage === undefined ? NO_BAGGAGE : parseBaggage(baggage)
}

function extractRequestId(carrier: ReadableCarrier): string | undefined {
  const requestId = readCarrier(carrier, 'x-request-id')
  return requestId === undefined ? undefined : parseRequestId(requestId)
}
