export interface Summary {
  readonly median: number
  readonly low: number
  readonly high: number
}

const RESAMPLES = 1000
/** Any number will do: that it is the same makes the same values give the same interval. */
const SEED = 0x5eed

/** The median and its 95 % interval by bootstrap. */
export function summarise(values: readonly number[]): Summary {
  const random = createRandom(SEED)
  const pick = (): number => values[Math.floor(random() * values.length)]!
  const medians = Array.from({ length: RESAMPLES }, () => median(values.map(pick)))
  medians.sort((a, b) => a - b)
  return { median: median(values), low: medians[RESAMPLES * 0.025]!, high: medians[RESAMPLES * 0.975 - 1]! }
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}

/** Numbers from 0 to below 1, by a linear congruential generator (the constants are Numerical Recipes'). */
function createRandom(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}
