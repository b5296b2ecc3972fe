import type { MetricType } from '../types/metrics.ts'
import type { Exemplar } from './exemplar.ts'
import type { Family } from './family.ts'
import type { LabelPair } from './labels.ts'

/** One series at one moment: plain data, so that it can cross to another thread. */
export interface SeriesSnapshot {
  readonly name: string
  readonly type: MetricType
  readonly unit: string | undefined
  readonly pairs: readonly LabelPair[]
  /** Since when it counts, in epoch ms. */
  readonly startMs: number
  readonly count: number
  readonly sum: number
  /** About: from the middles of the summary's buckets. */
  readonly squaredDeviation: number
  readonly bounds: readonly number[]
  readonly bucketCounts: readonly number[]
  readonly exemplars: readonly Exemplar[]
}

export function snapshotOf(families: readonly Family[]): SeriesSnapshot[] {
  return families.flatMap(({ exposedName, type, unit, bounds, startMs, series }) =>
    Array.from(series.values(), ({ pairs, summary, bucketCounts, exemplars }) => ({
      name: type === 'counter' ? `${exposedName}_total` : exposedName,
      type,
      unit,
      pairs,
      startMs,
      count: summary.count,
      sum: summary.sum,
      squaredDeviation: type === 'histogram' ? summary.squaredDeviation() : 0,
      bounds,
      bucketCounts: [...bucketCounts],
      exemplars: exemplars.filter(exemplar => exemplar !== undefined),
    })),
  )
}
