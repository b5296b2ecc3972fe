import type { SpanContext } from '../types/span.ts'
import { DEBUG_KEY, DEBUG_STATE, DEBUG_VALUE, isUndecided, markUndecided, type SamplingDecision } from './sampling.ts'
import { createTraceState, formatTraceState } from './tracestate.ts'

const SAMPLED = 0x01

/** The remote span with these ids. Without a decision it counts as not sampled for those who know nothing of the mark. */
export function remoteSpan(traceId: string, spanId: string, decision: SamplingDecision | undefined): SpanContext {
  const context = {
    traceId,
    spanId,
    traceFlags: decision === undefined || decision === 'deny' ? 0 : SAMPLED,
    isRemote: true,
  }
  if (decision === undefined) return markUndecided(context)
  return decision === 'debug' ? { ...context, traceState: createTraceState(DEBUG_STATE) } : context
}

/** What was decided about the trace of a span; undefined where that was left to us. */
export function decisionOf(context: SpanContext): SamplingDecision | undefined {
  if ((context.traceFlags & SAMPLED) === 0) return isUndecided(context) ? undefined : 'deny'
  return isDebugged(context) ? 'debug' : 'accept'
}

function isDebugged({ traceState }: SpanContext): boolean {
  return traceState !== undefined && createTraceState(formatTraceState(traceState)).get(DEBUG_KEY) === DEBUG_VALUE
}
