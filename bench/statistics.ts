export interface Summary {
  readonly median: number
  readonly low: number
  readonly high: number
}

const RESAMPLES = 1000

/** The median and its 95 % interval by bootstrap. */
export function summarise(values: readonly number[]): Summary {
  const medians = Array.from({ length: RESAMPLES }, () => median(values.map(() => values[pick(values.length)]!)))
  medians.sort((a, b) => a - b)
  return { median: median(values), low: medians[RESAMPLES * 0.025]!, high: medians[RESAMPLES * 0.975]! }
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}

function pick(length: number): number {
  return Math.floor(Math.random() * length)
}
