import assert from 'node:assert/strict'
import { RecordedMetrics } from '../../src/metrics/pipeline-metrics.ts'
import { MetricStore } from '../../src/metrics/store.ts'

/** A counter, a gauge and a histogram, two of which have values of every kind, and the four of trackJob. */
export function filledStore(): MetricStore {
  const store = new MetricStore()
  const metrics = new RecordedMetrics(store)
  metrics.trackJob('regen3d-job', 'scene "a"\\b\nc', () => 7)
  assert.throws(() => metrics.trackJob('regen3d-job', 'é ü 漢 🚀', () => assert.fail()))
  metrics.increment('pages', {}, 0.5)
  metrics.increment('bytes.read_total', { '1': true }, 1e21)
  metrics.gauge('level', { x: '' }, -2.5e-7)
  for (const value of [-1, 0, 0.0004, 3, 5e9]) metrics.observe('size_bytes', {}, value)
  return store
}
