export { getMetrics, registerInto } from './metrics/get-metrics.ts'
export type { Labels, MetricRegistry, MetricStats, PipelineMetrics } from './types/metrics.ts'
