import type { Server } from 'node:http'
import { resolveMetrics, resolveMonitoring } from '../config/metrics.ts'
import { loadRecording } from '../load-recording.ts'
import { sayOnce } from '../say.ts'
import { sharedPart } from '../shared-state.ts'
import { exceptionMessage } from '../trace/exception.ts'
import type { MetricRegistry, PipelineMetrics } from '../types/metrics.ts'
import type { Family } from './family.ts'
import { MonitoringBackend } from './monitoring.ts'
import { RecordedMetrics } from './pipeline-metrics.ts'
import { RegistryMetric } from './registry-metric.ts'
import { serveMetrics } from './scrape-server.ts'
import { MetricStore } from './store.ts'

interface MetricsState {
  readonly store: MetricStore
  readonly metrics: RecordedMetrics
  server: Server | undefined
  monitoring: MonitoringBackend | undefined
}

const state = sharedPart<MetricsState>('metrics', () => {
  const store = new MetricStore()
  return { store, metrics: new RecordedMetrics(store), server: undefined, monitoring: undefined }
})

/**
 * The metrics of this process: one object, whichever backend METRICS_BACKEND names. All of them read what it records.
 * - `in_memory` (default): `getStats()`, which works with every backend.
 * - `prometheus`: serves /metrics on PROMETHEUS_METRICS_PORT (default 8000), from the first call on.
 * - `cloud_monitoring`: sends to Google Cloud Monitoring every OTEL_METRIC_EXPORT_INTERVAL (default 60,000 ms) and at the end.
 * Throws RangeError if the backend is not known.
 */
export function getMetrics(): PipelineMetrics {
  const { backend, port, notices } = resolveMetrics()
  for (const notice of notices) sayOnce(notice, 'warn', notice)
  if (backend === 'prometheus') state.server ??= serveMetrics(state.store, port)
  if (backend === 'cloud_monitoring') state.monitoring ??= startMonitoring()
  return state.metrics
}

/** Undefined where a bundler has left behind what tracing and this have in common. */
function startMonitoring(): MonitoringBackend | undefined {
  let recording: ReturnType<typeof loadRecording>
  try {
    recording = loadRecording()
  } catch (error) {
    const hint = 'a bundler has to leave blueprint-tracing external'
    const line = `cloud_monitoring: metrics are not sent, since a part cannot be loaded; ${hint}: ${exceptionMessage(error)}`
    sayOnce('monitoring part', 'warn', line)
    return undefined
  }
  const config = resolveMonitoring(recording.planResource)
  for (const notice of config.notices) sayOnce(notice, 'warn', notice)
  const backend = new MonitoringBackend(state.store, config)
  recording.finishAtExit(backend)
  return backend
}

/**
 * Has `registry`, prom-client's or one that is used as it is, give our metrics beside its own: those that are there, and others
 * as they come. Throws what the registry throws if it has metrics of the same names already; those that come later and cannot be
 * registered are said once.
 */
export function registerInto(registry: MetricRegistry): void {
  const { store, metrics } = state
  const registered = new Set<string>()
  const register = (family: Family): void => {
    const { name } = family
    if (registered.has(name)) return
    registered.add(name)
    const read = (): Family | undefined => store.family(name)
    registry.registerMetric(new RegistryMetric(family, read, () => metrics.reset(name)) as never)
  }
  store.families.forEach(register)
  store.onNewFamily(family => {
    try {
      register(family)
    } catch (error) {
      const reason = exceptionMessage(error)
      sayOnce(
        `registry ${family.name}`,
        'warn',
        `metric ${family.name} is left out of the program's registry: ${reason}`,
      )
    }
  })
}
