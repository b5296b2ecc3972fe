import type { PropagatorName } from '../types/options.ts'
import { requiredOneOf, wrongType } from '../validate.ts'
import type { EnvironmentReader } from './environment.ts'
import { PROPAGATORS, propagatorsFromEnvironment } from './propagators.ts'

const ACCEPTED: readonly PropagatorName[] = [...PROPAGATORS, 'none']

/** The propagators option, else what the environment says. Each once, in order; an empty list for none. */
export function resolvePropagators(value: unknown, environment: EnvironmentReader): readonly PropagatorName[] {
  return value === undefined ? propagatorsFromEnvironment(environment) : propagatorsOption(value)
}

function propagatorsOption(value: unknown): readonly PropagatorName[] {
  if (!Array.isArray(value)) throw wrongType('propagators', 'a list of names', value)
  const named = new Set(value.map((name, index) => requiredOneOf(`propagators[${index}]`, name, ACCEPTED)))
  if (named.delete('none') && named.size > 0) throw new RangeError('propagators must be none or others, got both')
  return [...named]
}
