import type { PropagatorName } from '../types/options.ts'
import { requiredOneOf, wrongType } from '../validate.ts'
import type { EnvironmentReader } from './environment.ts'

const DEFAULTS: readonly PropagatorName[] = ['tracecontext', 'baggage', 'request-id']
const PROPAGATORS: readonly PropagatorName[] = [...DEFAULTS, 'b3', 'b3multi', 'jaeger', 'gcp_trace']
const ACCEPTED: readonly PropagatorName[] = [...PROPAGATORS, 'none']

/** The propagators option, else OTEL_PROPAGATORS, else W3C's and the request id. Each once, in order; an empty list for none. */
export function resolvePropagators(value: unknown, environment: EnvironmentReader): readonly PropagatorName[] {
  return value === undefined
    ? (environment.names('OTEL_PROPAGATORS', PROPAGATORS) ?? DEFAULTS)
    : propagatorsOption(value)
}

function propagatorsOption(value: unknown): readonly PropagatorName[] {
  if (!Array.isArray(value)) throw wrongType('propagators', 'a list of names', value)
  const named = new Set(value.map((name, index) => requiredOneOf(`propagators[${index}]`, name, ACCEPTED)))
  if (named.delete('none') && named.size > 0) throw new RangeError('propagators must be none or others, got both')
  return [...named]
}
