import type { RetryConfig } from '../types/config.ts'

/**
 * Full jitter: a wait between 0 and the ceiling that doubles with every failure in a row, so that many short-lived
 * processes that failed together do not come back together. `failures` is at least 1.
 */
export function backoffMs(
  failures: number,
  policy: Omit<RetryConfig, 'maxElapsedMs'>,
  random: () => number = Math.random,
): number {
  return random() * Math.min(policy.maxDelayMs, policy.initialDelayMs * 2 ** (failures - 1))
}
