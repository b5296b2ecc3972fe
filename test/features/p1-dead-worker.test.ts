import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Stats } from '../../src/types/tracing.ts'
import { type ChildResult, runChild } from '../support/child.ts'
import { type Collector, startCollector } from '../support/collector.ts'
import { assertBalanced } from '../support/ledger.ts'

let collector: Collector
before(async () => {
  collector = await startCollector()
})
after(() => collector.stop())

test('P1: what a terminated export thread held is counted, the rest goes on from the main thread', async () => {
  // Long enough for the thread to die before the first answer.
  await collector.behave({ delayMs: 500 })
  const result = await lose('terminated with spans', 'natural end')
  const { acked, dropped } = statsOf(result)
  assert.equal(result.code, 0)
  assert.equal(acked + dropped.worker_lost, 1000)
  assert.ok(acked > 0 && dropped.worker_lost >= 300)
  assert.ok((await collector.count('terminated with spans, natural end')) >= acked)
  assert.equal(result.stderr.match(/the export thread died .* export goes on from the main thread/g)?.length, 1)
  assert.match(result.stderr, new RegExp(`${dropped.worker_lost} of 1000 spans did not arrive at otlp: worker_lost`))
  await collector.behave({})
})

test('P1: an export thread that died unnoticed is replaced at process.exit', async () => {
  const result = await lose('terminated unnoticed', 'process.exit(3)')
  const { acked, dropped } = statsOf(result)
  assert.equal(result.code, 3)
  assert.equal(acked + dropped.worker_lost, 1001)
  assert.ok(acked > 1)
  assert.equal(await collector.count('terminated unnoticed, process.exit(3)'), acked)
})

test('P1: an export thread killed by its heap limit does not keep spans from arriving', async () => {
  const result = await lose('over its heap limit', 'natural end')
  const { acked, dropped } = statsOf(result)
  assert.deepEqual([result.code, result.signal], [0, null])
  assert.equal(acked + dropped.worker_lost, 1000)
  assert.equal(await collector.count('over its heap limit, natural end'), acked)
  assert.equal(result.stderr.match(/the export thread died \(.*memory limit/g)?.length, 1)
})

test('P1: where every export thread is killed by its heap limit, process.exit is bounded and the spans are counted', async () => {
  const TRACING_OPTIONS = JSON.stringify({ exitTimeoutMs: 500 })
  const result = await lose('over its heap limit', 'process.exit(3)', { TRACING_OPTIONS })
  const { acked, dropped } = statsOf(result)
  assert.equal(result.code, 3)
  assert.deepEqual({ acked, lost: dropped.exit_timeout + dropped.worker_lost }, { acked: 0, lost: 1000 })
  assert.match(result.stderr, /1000 of 1000 spans did not arrive at otlp/)
  assert.ok(result.durationMs < 5_000)
})

function lose(death: string, way: string, env: Record<string, string> = {}): Promise<ChildResult> {
  return runChild(new URL('programs/dead-worker.mjs', import.meta.url), {
    args: [death, way],
    env: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_SERVICE_NAME: `${death}, ${way}`, ...env },
  })
}

function statsOf({ stdout }: ChildResult): Stats['exporters'][string] {
  const stats = JSON.parse(stdout) as Stats
  assertBalanced(stats)
  return stats.exporters.otlp!
}
