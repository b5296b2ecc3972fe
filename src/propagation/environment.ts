import type { TraceContext } from '../types/context.ts'
import type { PropagatorName } from '../types/options.ts'
import { type HeaderName, spellings, VARIABLE_OF_HEADER } from './carrier.ts'
import { formatContext } from './context.ts'

export type Environment = Record<string, string | undefined>

const FIELDS = Object.entries(VARIABLE_OF_HEADER) as [HeaderName, string][]

/**
 * A copy of the environment that carries the context. Trace and baggage that it carried before are removed even where
 * the context has none, so that a child never continues a trace that its parent left; `REQUEST_ID` then stays.
 * Variables of a propagator that is not in use are left alone.
 */
export function withContextEnvironment(
  env: Environment,
  context: TraceContext,
  propagators: readonly PropagatorName[],
): Environment {
  // A text would be copied character by character.
  const copy: Environment = typeof env === 'object' ? { ...env } : {}
  for (const variable of staleVariables(propagators)) {
    for (const name of [variable, ...spellings(copy, variable.toLowerCase())]) delete copy[name]
  }
  const headers = formatContext(context, propagators)
  for (const [header, variable] of FIELDS) {
    if (headers[header] !== undefined) copy[variable] = headers[header]
  }
  return copy
}

function staleVariables(propagators: readonly PropagatorName[]): readonly string[] {
  const stale: string[] = []
  if (propagators.includes('tracecontext')) stale.push('TRACEPARENT', 'TRACESTATE')
  if (propagators.includes('baggage')) stale.push('BAGGAGE')
  return stale
}
