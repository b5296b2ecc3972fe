import { exceptionType } from '../trace/describe-exception.ts'
import { isNativePromise } from '../trace/run-in-span.ts'
import { textOf } from '../trace/text-of.ts'
import type { Labels, MetricStats, PipelineMetrics } from '../types/metrics.ts'
import type { MetricStore } from './store.ts'

const RUNS = 'pipeline_runs_total'
const ERRORS = 'errors_total'
const DURATION = 'pipeline_duration_seconds'
const IN_PROGRESS = 'scenes_in_progress'

/** One run of a job; the labels are taken at its start. */
interface Run {
  readonly job: string
  readonly sceneId: string
  /** A reading of `performance.now()`. */
  readonly startMs: number
}

export class RecordedMetrics implements PipelineMetrics {
  private readonly store: MetricStore
  /** Runs that are under way, by job. */
  private readonly running = new Map<string, number>()

  constructor(store: MetricStore) {
    this.store = store
    this.declare()
  }

  trackJob<T>(jobName: string, sceneId: string, fn: () => T): T {
    const run = this.begin(textOf(jobName), textOf(sceneId))
    let result: T
    try {
      result = fn()
    } catch (error) {
      this.endWithError(run, error)
      throw error
    }
    if (isNativePromise(result)) return this.endWithPromise(run, result) as T
    this.end(run, 'success')
    return result
  }

  increment(name: string, labels: Labels, by = 1): void {
    this.store.record('counter', name, labels, by)
  }

  observe(name: string, labels: Labels, value: number): void {
    this.store.record('histogram', name, labels, value)
  }

  gauge(name: string, labels: Labels, delta: number): void {
    this.store.record('gauge', name, labels, delta)
  }

  getStats(): Record<string, MetricStats> {
    return this.store.stats()
  }

  /** Of one metric, or of all. Jobs that are running will end, so that they have to be counted up again. */
  reset(name?: string): void {
    this.store.clear(name)
    if (name === undefined) this.declare()
    if (name !== undefined && name !== IN_PROGRESS) return
    for (const [job, count] of this.running) this.gauge(IN_PROGRESS, { job }, count)
  }

  private declare(): void {
    this.store.declare('counter', RUNS)
    this.store.declare('counter', ERRORS)
    this.store.declare('histogram', DURATION)
    this.store.declare('gauge', IN_PROGRESS)
  }

  private begin(job: string, sceneId: string): Run {
    this.running.set(job, (this.running.get(job) ?? 0) + 1)
    this.gauge(IN_PROGRESS, { job }, 1)
    return { job, sceneId, startMs: performance.now() }
  }

  private end({ job, sceneId, startMs }: Run, status: 'success' | 'failure' | 'error'): void {
    this.observe(DURATION, { job, scene_id: sceneId }, (performance.now() - startMs) / 1_000)
    this.increment(RUNS, { job, scene_id: sceneId, status })
    this.gauge(IN_PROGRESS, { job }, -1)
    const left = (this.running.get(job) ?? 1) - 1
    if (left > 0) this.running.set(job, left)
    else this.running.delete(job)
  }

  private endWithError(run: Run, error: unknown): void {
    const code = exitCodeOf(error)
    if (code !== 0) {
      this.increment(ERRORS, { job: run.job, scene_id: run.sceneId, error_type: exceptionType(error) })
    }
    this.end(run, code === undefined ? 'error' : code === 0 ? 'success' : 'failure')
  }

  /** As with a span, the returned promise settles as the given one does, and one that cannot be chained ends the run at once. */
  private endWithPromise<T>(run: Run, promise: Promise<T>): Promise<T> {
    try {
      return promise.then(
        value => {
          this.end(run, 'success')
          return value
        },
        error => {
          this.endWithError(run, error)
          throw error
        },
      )
    } catch {
      this.end(run, 'success')
      return promise
    }
  }
}

/** Of a JobExit, by which a job asks for an exit code; undefined for every other error. */
function exitCodeOf(error: unknown): number | undefined {
  if (exceptionType(error) !== 'JobExit') return undefined
  try {
    const { code } = error as { readonly code?: unknown }
    return typeof code === 'number' ? code : undefined
  } catch {
    return undefined
  }
}
