/** Whole numbers from 0 to below the argument, the same for the same seed (xorshift, G. Marsaglia, 2003). */
export function randomNumbers(seed: number): (below: number) => number {
  let state = seed
  return below => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) % below
  }
}
