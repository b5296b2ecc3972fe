import type { TraceContext } from '../types/context.ts'
import type { PropagatorName } from '../types/options.ts'
import { type HeaderName, spellings, VARIABLE_OF_HEADER } from './carrier.ts'
import { traceFormatOf, writeContext } from './context.ts'

export type Environment = Record<string, string | undefined>

const VARIABLES: ReadonlyMap<string, string> = new Map(Object.entries(VARIABLE_OF_HEADER))

/**
 * A copy of the environment that carries the context. Trace and baggage that it carried before are removed even where
 * the context has none, so that a child never continues a trace that its parent left; `REQUEST_ID` then stays.
 * Variables of a propagator that is not in use are left alone. Jaeger's baggage has none, since the names of variables would
 * not keep its keys.
 */
export function withContextEnvironment(
  env: Environment,
  context: TraceContext,
  propagators: readonly PropagatorName[],
): Environment {
  // A text would be copied character by character.
  const copy: Environment = typeof env === 'object' ? { ...env } : {}
  for (const header of staleHeaders(propagators)) {
    const variable = VARIABLE_OF_HEADER[header]
    for (const name of [variable, ...spellings(copy, variable.toLowerCase())]) delete copy[name]
  }
  writeContext(context, propagators, (header, value) => {
    const variable = VARIABLES.get(header)
    if (variable !== undefined && value !== undefined) copy[variable] = value
  })
  return copy
}

function staleHeaders(propagators: readonly PropagatorName[]): readonly HeaderName[] {
  const stale = propagators.flatMap(name => traceFormatOf(name)?.headers ?? [])
  return propagators.includes('baggage') ? [...stale, 'baggage'] : stale
}
