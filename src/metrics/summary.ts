import type { MetricStats } from '../types/metrics.ts'
import { bucketOf, middleOf } from './log-buckets.ts'

/** What is known of a series of numbers, in bounded memory: at most 3,713 buckets for each sign, of which few are ever filled. */
export class Summary {
  count = 0
  private total = 0
  /** What rounding took from `total` (Neumaier's summation): a million tenths are 100,000. */
  private lost = 0
  private min = Number.POSITIVE_INFINITY
  private max = Number.NEGATIVE_INFINITY
  private readonly buckets = new Map<number, number>()

  get sum(): number {
    return this.total + this.lost
  }

  add(value: number): void {
    this.count++
    this.addToSum(value)
    if (value < this.min) this.min = value
    if (value > this.max) this.max = value
    this.addToBucket(bucketOf(value), 1)
  }

  addAll(other: Summary): void {
    this.count += other.count
    this.addToSum(other.total)
    this.addToSum(other.lost)
    this.min = Math.min(this.min, other.min)
    this.max = Math.max(this.max, other.max)
    for (const [bucket, count] of other.buckets) this.addToBucket(bucket, count)
  }

  stats(): MetricStats {
    const { count, sum, min, max } = this
    const [p50, p95, p99] = this.quantiles()
    return { count, sum, min, max, mean: sum / count, p50, p95, p99 }
  }

  /** About the sum of the squares of the distances from the mean: of the middles of the buckets. */
  squaredDeviation(): number {
    const mean = this.sum / this.count
    let total = 0
    for (const [bucket, count] of this.buckets) total += count * (middleOf(bucket) - mean) ** 2
    return total
  }

  /** By nearest rank: the smallest value that is not exceeded by the given share of all. */
  private quantiles(): [p50: number, p95: number, p99: number] {
    const ordered = [...this.buckets].sort(([a], [b]) => a - b)
    const valueAt = (share: number): number => {
      const middle = middleOf(bucketAt(ordered, Math.ceil(share * this.count)))
      return Math.min(Math.max(middle, this.min), this.max)
    }
    return [valueAt(0.5), valueAt(0.95), valueAt(0.99)]
  }

  private addToSum(value: number): void {
    const total = this.total + value
    this.lost += Math.abs(this.total) >= Math.abs(value) ? this.total - total + value : value - total + this.total
    this.total = total
  }

  private addToBucket(bucket: number, count: number): void {
    this.buckets.set(bucket, (this.buckets.get(bucket) ?? 0) + count)
  }
}

/** The bucket that holds the value of that rank, counted from 1. */
function bucketAt(ordered: readonly (readonly [bucket: number, count: number])[], rank: number): number {
  let passed = 0
  for (const [bucket, count] of ordered) {
    passed += count
    if (passed >= rank) return bucket
  }
  return 0
}
