import type { GoogleConfig } from '../types/config.ts'
import { choiceOf, describe } from '../wording.ts'
import { EnvironmentReader } from './environment.ts'
import { planGoogle } from './google.ts'
import { projectIdFromEnvironment } from './project-id.ts'
import type { planResource } from './resource.ts'
import { urlOfVariable } from './url-variable.ts'

const BACKENDS = ['in_memory', 'prometheus', 'cloud_monitoring'] as const
/** Cloud Monitoring takes one point of a series in five seconds. */
export const MIN_INTERVAL_MS = 5_000

export interface MetricsConfig {
  readonly backend: (typeof BACKENDS)[number]
  /** Of the prometheus backend. 0 is any that is free. */
  readonly port: number
  readonly notices: readonly string[]
}

/** Plain data, so that it can cross to the thread that sends. */
export interface MonitoringConfig {
  /** Of the API; ends in a slash. */
  readonly url: string
  /** Undefined: that of the credentials. */
  readonly projectId: string | undefined
  readonly google: GoogleConfig
  readonly intervalMs: number
  /** Of the monitored resource. */
  readonly namespace: string
  readonly job: string
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

/** What the cloud_monitoring backend needs to know. `plan` is loaded for it only. */
export function resolveMonitoring(
  plan: typeof planResource,
  environment: NodeJS.ProcessEnv = process.env,
): MonitoringConfig {
  const reader = new EnvironmentReader(environment)
  const defaultUrl = new URL('https://monitoring.googleapis.com')
  const { origin } = urlOfVariable(reader, 'BLUEPRINT_TRACING_CLOUD_MONITORING_URL', defaultUrl)
  const resource = plan({})(reader)
  return {
    url: `${origin}/`,
    projectId: projectIdFromEnvironment(reader),
    google: planGoogle('credentialsFile', undefined)(reader),
    intervalMs: reader.integer('OTEL_METRIC_EXPORT_INTERVAL', MIN_INTERVAL_MS, 86_400_000, 60_000, 'ms'),
    namespace: String(resource['deployment.environment']),
    job: String(resource['service.name']),
    notices: reader.notices,
  }
}
