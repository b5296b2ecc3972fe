import { extractContext, injectContext } from '../propagation/context.ts'
import { withRootDecision } from '../propagation/sampling.ts'
import { sharedPart } from '../shared-state.ts'
import type { Carrier, TraceContext } from '../types/context.ts'
import type { PropagatorName } from '../types/options.ts'
import { activeContext, scopeOf } from './context.ts'
import { settledSource } from './current-source.ts'
import { getRequestId } from './request-id.ts'

/**
 * Never used. When a full garbage collection finds no object of a kind, V8 forgets what they look like, and with it all code that
 * it has optimised for them: the next contexts took three times as long.
 */
const kept: { plain?: object; other?: object } = {}

const state = sharedPart('carriers', () => ({ readPropagators: (): readonly PropagatorName[] => [] }))

/** @internal Sets where the propagators come from as long as nothing has been set up. */
export function setDefaultPropagators(read: () => readonly PropagatorName[]): void {
  state.readPropagators = read
}

/** @internal Those that hold where nothing has been set up. */
export function defaultPropagators(): readonly PropagatorName[] {
  return state.readPropagators()
}

/** @internal */
export function currentPropagators(): readonly PropagatorName[] {
  return settledSource()?.propagators ?? defaultPropagators()
}

/** @internal What leaves this process from here: the current span or an extracted one, baggage and the request id. */
export function outgoingContext(): TraceContext {
  const active = activeContext()
  const context = { spanContext: active.spanContext(), baggage: active.ambient.baggage, requestId: getRequestId() }
  return active.decision === undefined ? context : withRootDecision(context, active.decision)
}

/**
 * Writes the current context to a carrier (a plain object, Headers or a Map), by default a new object, and returns it.
 * Never throws.
 */
export function injectTraceContext(): Record<string, string>
export function injectTraceContext<C extends Carrier>(carrier: C): C
export function injectTraceContext(carrier: Carrier = {}): Carrier {
  try {
    injectContext(outgoingContext(), carrier, currentPropagators())
  } catch {
    // A context that the program put together by hand may hold anything.
  }
  return carrier
}

/**
 * Reads the context out of headers of any case, or of environment names. Never throws; what cannot be used is left out.
 */
export function extractTraceContext(carrier: Carrier | ReadonlyMap<string, string> | null | undefined): TraceContext {
  kept.plain ??= createKept({ traceparent: TRACEPARENT })
  const context = extractContext(carrier, currentPropagators())
  if (context.baggage.size > 0 || context.spanContext?.traceState !== undefined)
    kept.other ??= createKept(OTHER_HEADERS)
  return context
}

const TRACEPARENT = `00-${'1'.repeat(32)}-${'1'.repeat(16)}-00`
const OTHER_HEADERS = { traceparent: TRACEPARENT, tracestate: 'a=1', baggage: 'a=1' }

/** What such headers give, with its scope and the headers it is written to. */
function createKept(headers: Carrier): object {
  const context = extractContext(headers, ['tracecontext', 'baggage'])
  const carrier = {}
  injectContext(context, carrier, ['tracecontext', 'baggage'])
  return [context, scopeOf(context), carrier]
}
