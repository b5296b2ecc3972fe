/** A value becomes text; undefined and null leave the label out. */
export interface Labels {
  readonly [name: string]: string | number | boolean | null | undefined
}

export type MetricType = 'counter' | 'gauge' | 'histogram'

/**
 * Of the values that were handed in: increments of a counter, deltas of a gauge (so `sum` is where it stands), observations.
 * Count, sum, min, max and mean are exact. A percentile is off by at most 1/64 of the value of that rank.
 */
export interface MetricStats {
  readonly count: number
  readonly sum: number
  readonly min: number
  readonly max: number
  readonly mean: number
  readonly p50: number
  readonly p95: number
  readonly p99: number
}

/** No method throws because of metrics: what cannot be recorded is counted, by its reason, and said once. */
export interface PipelineMetrics {
  /**
   * Runs `fn` and answers what it answers. Counts `pipeline_runs_total` and, if it fails, `errors_total`, observes
   * `pipeline_duration_seconds`, and keeps `scenes_in_progress` while it runs: until it returns or throws, or its native promise
   * settles. Another thenable is returned untouched and ends the run at once, since calling its `then` may start work.
   */
  trackJob<T>(jobName: string, sceneId: string, fn: () => T): T
  /** Raises a counter by `by`, default 1, which must not be negative. */
  increment(name: string, labels: Labels, by?: number): void
  /** Adds a value to a histogram. */
  observe(name: string, labels: Labels, value: number): void
  /** Moves a gauge by `delta`. */
  gauge(name: string, labels: Labels, delta: number): void
  /** By name, all series of it taken together, and by series: `name{label="value"}`, its labels in the order of their names. */
  getStats(): Record<string, MetricStats>
  /** Forgets everything but the jobs that are running. */
  reset(): void
}

/** What `registerInto` needs of a registry: prom-client's `Registry` has it. */
export interface MetricRegistry {
  registerMetric(metric: never): void
}
