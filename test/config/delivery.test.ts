import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { resolveDelivery } from '../../src/config/delivery.ts'

const MIB = 1_048_576
const DEFAULTS = {
  maxQueueBytes: 64 * MIB,
  maxBatchBytes: 512 * 1_024,
  maxBatchDelayMs: 500,
  exportTimeoutMs: 10_000,
  retry: { maxElapsedMs: 120_000, initialDelayMs: 1_000, maxDelayMs: 30_000 },
}

describe('each option of delivery is taken, the others keep their defaults', () => {
  const rows = [
    {},
    { maxQueueBytes: MIB },
    { maxQueueBytes: 4_096 * MIB },
    { maxBatchBytes: 1_024 },
    { maxBatchBytes: 64 * MIB },
    { maxBatchDelayMs: 1 },
    { maxBatchDelayMs: 60_000 },
    { exportTimeoutMs: 1 },
    { exportTimeoutMs: 600_000 },
  ]
  for (const options of rows) {
    test(JSON.stringify(options), () => assert.deepEqual(resolveDelivery(options), { ...DEFAULTS, ...options }))
  }
})

describe('retry', () => {
  const rows = [
    { retry: { maxElapsedMs: 0 }, want: { maxElapsedMs: 0, initialDelayMs: 1_000, maxDelayMs: 30_000 } },
    { retry: { maxDelayMs: 50 }, want: { maxElapsedMs: 120_000, initialDelayMs: 50, maxDelayMs: 50 } },
    { retry: { maxDelayMs: 2_000 }, want: { maxElapsedMs: 120_000, initialDelayMs: 1_000, maxDelayMs: 2_000 } },
    { retry: { initialDelayMs: 40_000 }, want: { maxElapsedMs: 120_000, initialDelayMs: 40_000, maxDelayMs: 40_000 } },
    { retry: { initialDelayMs: 1, maxDelayMs: 1 }, want: { maxElapsedMs: 120_000, initialDelayMs: 1, maxDelayMs: 1 } },
  ]
  for (const { retry, want } of rows) {
    test(JSON.stringify(retry), () => assert.deepEqual(resolveDelivery({ retry }).retry, want))
  }
})
