import type { PropagatorName } from '../types/options.ts'
import type { EnvironmentReader } from './environment.ts'

const DEFAULTS: readonly PropagatorName[] = ['tracecontext', 'baggage', 'request-id']
export const PROPAGATORS: readonly PropagatorName[] = [...DEFAULTS, 'b3', 'b3multi', 'jaeger', 'gcp_trace']

/** OTEL_PROPAGATORS, else W3C's and the request id. Each once, in order; an empty list for none. */
export function propagatorsFromEnvironment(environment: EnvironmentReader): readonly PropagatorName[] {
  return environment.names('OTEL_PROPAGATORS', PROPAGATORS) ?? DEFAULTS
}
