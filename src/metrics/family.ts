import type { MetricType } from '../types/metrics.ts'
import { type Exemplar, exemplarOf } from './exemplar.ts'
import type { LabelPair } from './labels.ts'
import { Summary } from './summary.ts'

/** One metric with one set of labels. */
export interface Series {
  readonly pairs: readonly LabelPair[]
  readonly summary: Summary
  /** Of a histogram: how many values lie in the bucket below each bound, and in the one beyond the last. */
  readonly bucketCounts: number[]
  /** The latest of each bucket; a counter has one. */
  readonly exemplars: (Exemplar | undefined)[]
}

/** From a fraction of a second to a quarter of a day. */
const SECONDS = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1_800, 3_600, 7_200, 21_600]
/** For values of a unit that is not known: two a decade. */
const DECADES = Array.from({ length: 13 }, (_, index) => index - 3).flatMap(power => [
  Number(`1e${power}`),
  Number(`3e${power}`),
])
/** Base units of OpenMetrics ("Units and base units"), by which a name says its own. */
const UNITS = ['seconds', 'bytes', 'celsius', 'meters', 'ratios', 'ratio', 'volts', 'amperes', 'joules', 'grams']

/** All series of one metric. */
export class Family {
  /** As the program calls it. */
  readonly name: string
  /** As the text formats call it: without the `_total` that belongs to the samples of a counter. */
  readonly exposedName: string
  readonly type: MetricType
  readonly help: string
  readonly unit: string | undefined
  /** Upper bounds, those of a histogram's buckets but the last; none for other types. */
  readonly bounds: readonly number[]
  /** Since when it counts, in epoch ms. */
  startMs: number = Date.now()
  /** By their labels' text. */
  readonly series: Map<string, Series> = new Map()

  constructor(name: string, exposedName: string, type: MetricType, help: string) {
    this.name = name
    this.exposedName = exposedName
    this.type = type
    this.help = help
    this.unit = UNITS.find(unit => exposedName.endsWith(`_${unit}`))
    this.bounds = type === 'histogram' ? (this.unit === 'seconds' ? SECONDS : DECADES) : []
  }

  clear(): void {
    this.series.clear()
    this.startMs = Date.now()
  }

  open(text: string, pairs: readonly LabelPair[]): Series {
    const bucketCounts = this.type === 'histogram' ? new Array<number>(this.bounds.length + 1).fill(0) : []
    const series: Series = { pairs, summary: new Summary(), bucketCounts, exemplars: [] }
    this.series.set(text, series)
    return series
  }

  add(series: Series, value: number): void {
    series.summary.add(value)
    if (this.type === 'gauge') return
    const bucket = this.bucketOf(value)
    if (this.type === 'histogram') series.bucketCounts[bucket]!++
    series.exemplars[bucket] = exemplarOf(value) ?? series.exemplars[bucket]
  }

  private bucketOf(value: number): number {
    const found = this.bounds.findIndex(bound => value <= bound)
    return found < 0 ? this.bounds.length : found
  }
}

/** The names that the text formats give to a family and to its samples: no two families may have one in common. */
export function takenNames(exposedName: string, type: MetricType): readonly string[] {
  const suffixes = { counter: ['_total', '_created'], gauge: [], histogram: ['_bucket', '_sum', '_count', '_created'] }
  return [exposedName, ...suffixes[type].map(suffix => exposedName + suffix)]
}
