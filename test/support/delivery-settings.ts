import { createRequestFrame } from '../../src/otlp/request-frame.ts'
import type { BatchFrame } from '../../src/pipeline/batch.ts'
import type { DeliveryConfig } from '../../src/types/config.ts'

export const KIB = 1_024
export const MIB = 1_048_576

export const POLICY: DeliveryConfig = {
  maxQueueBytes: 64 * MIB,
  maxBatchBytes: 512 * KIB,
  maxBatchDelayMs: 500,
  exportTimeoutMs: 10_000,
  retry: { maxElapsedMs: 120_000, initialDelayMs: 1_000, maxDelayMs: 30_000 },
}

const scope = { name: 'test', version: '1' }
export const FRAME: BatchFrame = { request: createRequestFrame({}, scope), resource: {}, scope }
