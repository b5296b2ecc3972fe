import type { BaggageEntry, Carrier, TraceContext } from '../types/context.ts'
import type { PropagatorName } from '../types/options.ts'
import { type HeaderName, type ReadableCarrier, readCarrier, type SetHeader, writeCarrier } from './carrier.ts'
import { loadOtherHeaders } from './load-other-headers.ts'
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

/** Undefined for a propagator that carries no trace. */
export function traceFormatOf(name: PropagatorName): TraceFormat | undefined {
  switch (name) {
    case 'tracecontext':
      return TRACE_CONTEXT
    case 'baggage':
    case 'request-id':
      return undefined
    default:
      return loadOtherHeaders().OTHER_FORMATS[name]
  }
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
  if (baggage?.size !== 0) writeBaggage(baggage, propagators, set)
  const id = propagators.includes('request-id') && requestId !== undefined ? parseRequestId(requestId) : undefined
  if (id !== undefined) set('x-request-id', id)
}

/** The first parent in the order of the propagators; where none of them has one, the first decision. */
function extractTrace(carrier: ReadableCarrier, propagators: readonly PropagatorName[]): IncomingTrace | undefined {
  let decision: SamplingDecision | undefined
  for (const name of propagators) {
    const trace = traceFormatOf(name)?.read(carrier)
    if (typeof trace === 'object') return trace
    decision ??= trace
  }
  return decision
}

function writeTrace(trace: IncomingTrace, propagators: readonly PropagatorName[], set: SetHeader): void {
  for (const name of propagators) {
    for (const header of traceFormatOf(name)?.optional ?? NO_HEADERS) set(header, undefined)
  }
  for (const name of propagators) {
    const format = traceFormatOf(name)
    if (typeof trace === 'object') format?.write(trace, set)
    else format?.writeDecision?.(trace, set)
  }
}

function writeBaggage(
  baggage: ReadonlyMap<string, BaggageEntry>,
  propagators: readonly PropagatorName[],
  set: SetHeader,
): void {
  const { formatBaggage, writeUberBaggage } = loadOtherHeaders()
  const text = propagators.includes('baggage') ? formatBaggage(baggage) : ''
  if (text !== '') set('baggage', text)
  if (propagators.includes('jaeger')) writeUberBaggage(baggage, set)
}

/** The first that is not empty, in the order of the propagators. */
function extractBaggage(
  carrier: ReadableCarrier,
  propagators: readonly PropagatorName[],
): ReadonlyMap<string, BaggageEntry> {
  for (const name of propagators) {
    if (name !== 'baggage' && name !== 'jaeger') continue
    const baggage = name === 'baggage' ? readBaggage(carrier) : loadOtherHeaders().readUberBaggage(carrier)
    if (baggage.size > 0) return baggage
  }
  return NO_BAGGAGE
}

function readBaggage(carrier: ReadableCarrier): ReadonlyMap<string, BaggageEntry> {
  const baggage = readCarrier(carrier, 'baggage')
  return baggage === undefined ? NO_BAGGAGE : loadOtherHeaders().parseBaggage(baggage)
}

function extractRequestId(carrier: ReadableCarrier): string | undefined {
  const requestId = readCarrier(carrier, 'x-request-id')
  return requestId === undefined ? undefined : parseRequestId(requestId)
}
