import type { MonitoringConfig } from '../config/metrics.ts'
import type { SeriesSnapshot } from './snapshot.ts'

/** What the thread that sends metrics is started with. */
export interface MonitoringThreadData<Port> {
  readonly port: Port
  readonly config: MonitoringConfig
  readonly taskId: string
  /** One word: the number of the last push that is settled, whatever became of it. */
  readonly settled: Int32Array
}

/** One at the end of the process takes the place of one that is under way: its values are the sums of all before. */
export interface Push {
  readonly number: number
  readonly endMs: number
  readonly series: readonly SeriesSnapshot[]
}

/** What became of a push; `trouble` is undefined where all of it was taken. */
export interface PushResult {
  readonly trouble: string | undefined
}
