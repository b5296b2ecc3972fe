import { choiceOf, describe } from '../validate.ts'
import { EnvironmentReader } from './environment.ts'

const BACKENDS = ['in_memory', 'prometheus'] as const

export interface MetricsConfig {
  readonly backend: (typeof BACKENDS)[number]
  /** Of the prometheus backend. 0 is any that is free. */
  readonly port: number
  readonly notices: readonly string[]
}

/** Throws RangeError where METRICS_BACKEND names none that is known. */
export function resolveMetrics(environment: NodeJS.ProcessEnv = process.env): MetricsConfig {
  const reader = new EnvironmentReader(environment)
  const name = reader.text('METRICS_BACKEND') ?? 'in_memory'
  const backend = BACKENDS.find(known => known === name.toLowerCase())
  if (backend === undefined) {
    throw new RangeError(`METRICS_BACKEND must be ${choiceOf(BACKENDS)}, got ${describe(name)}`)
  }
  const port = backend === 'prometheus' ? reader.integer('PROMETHEUS_METRICS_PORT', 0, 65_535, 8_000) : 0
  return { backend, port, notices: reader.notices }
}
