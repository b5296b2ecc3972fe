import type { TraceContext } from '../types/context.ts'
import type { SpanContext } from '../types/span.ts'

/**
 * What was decided about a trace further up. 'debug' is 'accept' for somebody who looks for something, and is told to those
 * further down. B3 may send it without a parent.
 */
export type SamplingDecision = 'accept' | 'deny' | 'debug'

/** What a format says of the trace: its parent, or without one what was decided about it. */
export type IncomingTrace = SpanContext | SamplingDecision

/** W3C's flags have no place for debug, so it travels as trace state: with every span of the trace, and to every format. */
export const DEBUG_KEY = 'blueprint'
export const DEBUG_VALUE = 'debug'
export const DEBUG_STATE: string = `${DEBUG_KEY}=${DEBUG_VALUE}`

/** Properties beside those that have a name in the API: they are kept by a spread, and every copy of the package knows them. */
const DECISION = Symbol.for('blueprint-tracing.decision')
const UNDECIDED = Symbol.for('blueprint-tracing.undecided')

/** Marks a span about whose trace nobody has decided, so that the sampler does as at a root. */
export function markUndecided<C extends SpanContext>(context: C): C {
  return Object.assign(context, { [UNDECIDED]: true })
}

export function isUndecided(context: SpanContext): boolean {
  return (context as { [UNDECIDED]?: unknown })[UNDECIDED] === true
}

/** A context without a parent that carries a decision for the traces that begin in it. */
export function withRootDecision(context: TraceContext, decision: SamplingDecision): TraceContext {
  return { ...context, [DECISION]: decision } as TraceContext
}

/** The decision of a context without a parent, undefined where it has none. */
export function rootDecisionOf(context: TraceContext): SamplingDecision | undefined {
  const decision = (context as { [DECISION]?: unknown })[DECISION]
  return decision === 'accept' || decision === 'deny' || decision === 'debug' ? decision : undefined
}
