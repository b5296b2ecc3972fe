import type { RetryConfig } from '../types/config.ts'

/**
 * Full jitter: a wait between 0 and the ceiling that doubles with every failure in a row, so that many short-lived
 * processes that failed together do not come back together. The backend's own wish is a lower bound.
 */
export function backoffMs(
  failures: number,
  policy: RetryConfig,
  afterMs = 0,
  random: () => number = Math.random,
): number {
  const ceiling = Math.min(policy.maxDelayMs, policy.initialDelayMs * 2 ** Math.min(failures - 1, 30))
  return Math.max(afterMs, random() * ceiling)
}
