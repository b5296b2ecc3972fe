import type { DeliveryConfig, RetryConfig } from '../types/config.ts'
import { integer, optionsOf } from '../validate.ts'

const KIB = 1_024
const MIB = 1_024 * KIB
const DAY_MS = 86_400_000

interface DeliveryOptions {
  readonly maxQueueBytes?: unknown
  readonly maxBatchBytes?: unknown
  readonly maxBatchDelayMs?: unknown
  readonly exportTimeoutMs?: unknown
  readonly retry?: unknown
}

/** The options of the pipeline; they have no variables of their own. */
export function resolveDelivery(options: DeliveryOptions): DeliveryConfig {
  const maxQueueBytes = integer('maxQueueBytes', options.maxQueueBytes, MIB, 4_096 * MIB) ?? 64 * MIB
  const largestBatchBytes = Math.min(64 * MIB, maxQueueBytes)
  return {
    maxQueueBytes,
    maxBatchBytes: integer('maxBatchBytes', options.maxBatchBytes, KIB, largestBatchBytes) ?? 512 * KIB,
    maxBatchDelayMs: integer('maxBatchDelayMs', options.maxBatchDelayMs, 1, 60_000) ?? 500,
    exportTimeoutMs: integer('exportTimeoutMs', options.exportTimeoutMs, 1, 600_000) ?? 10_000,
    retry: resolveRetry(options.retry),
  }
}

/** A delay that is given moves the default of the other one where the two would contradict each other. */
function resolveRetry(value: unknown): RetryConfig {
  const given = optionsOf('retry', value === undefined ? {} : value, ['maxElapsedMs', 'initialDelayMs', 'maxDelayMs'])
  const initialDelayMs = integer('retry.initialDelayMs', given.initialDelayMs, 1, DAY_MS)
  const maxDelayMs = integer('retry.maxDelayMs', given.maxDelayMs, initialDelayMs ?? 1, DAY_MS)
  return {
    maxElapsedMs: integer('retry.maxElapsedMs', given.maxElapsedMs, 0, DAY_MS) ?? 120_000,
    initialDelayMs: initialDelayMs ?? Math.min(1_000, maxDelayMs ?? 1_000),
    maxDelayMs: maxDelayMs ?? Math.max(30_000, initialDelayMs ?? 0),
  }
}
