import assert from 'node:assert/strict'
import { createServer } from 'node:net'
import { after, before, describe, type TestContext, test } from 'node:test'
import type { ExporterOptions } from '../../src/types/options.ts'
import type { Stats } from '../../src/types/tracing.ts'
import { runChild } from '../support/child.ts'
import { type Collector, startCollector } from '../support/collector.ts'
import { assertBalanced, droppedSpans } from '../support/ledger.ts'
import { listen } from '../support/listen.ts'

const SECONDS = Number(process.env.P6_SECONDS ?? 60)
const SPANS = SECONDS * 5_000
const MAX_QUEUE_BYTES = 8 * 1024 * 1024
const MAX_SLOPE_MB_PER_MINUTE = 1
const program = new URL('programs/soak.mjs', import.meta.url)

/** A port that nobody listens on. */
const REFUSED = 'http://127.0.0.1:9/v1/traces'

/** All at once: they are paced, and most of their time they wait. */
describe(`P6: memory is bounded, ${SPANS} spans in ${SECONDS} s against a budget of 8 MiB`, {
  concurrency: true,
}, () => {
  let collector: Collector
  let silent: { url: string; close(): void }
  before(async () => {
    collector = await startCollector()
    silent = await listen(createServer())
  })
  after(() => {
    collector.stop()
    silent.close()
  })

  test('the collector refuses connections', async t => {
    const { exporters } = await soak(t, [{ kind: 'otlp', url: REFUSED }])
    assert.equal(exporters.otlp?.acked, 0)
    assert.ok(exporters.otlp.dropped.queue_full > 0, 'the budget was spent')
  })

  test('the collector takes requests and never answers', async t => {
    const { exporters } = await soak(t, [{ kind: 'otlp', url: silent.url }])
    assert.equal(exporters.otlp?.acked, 0)
    assert.ok(exporters.otlp.dropped.queue_full > 0, 'the budget was spent')
  })

  test('one collector refuses connections, the healthy one loses nothing', async t => {
    const { exporters } = await soak(t, [
      { kind: 'otlp', url: REFUSED },
      { kind: 'otlp', url: collector.url },
    ])
    const { spans, distinct, acknowledged } = await collector.received()
    assert.equal(spans, SPANS)
    assert.equal(distinct, SPANS)
    assert.equal(exporters['otlp#2']?.acked, acknowledged)
    assert.equal(droppedSpans(exporters['otlp#2']), 0)
    assert.equal(exporters.otlp?.acked, 0)
    assert.ok(exporters.otlp.dropped.evicted > 0, 'the dead one has given up batches')
  })
})

/** Runs the program, checks memory and balance, and gives the counts. */
async function soak(t: TestContext, exporters: readonly ExporterOptions[]): Promise<Stats> {
  const options = { exporters, maxQueueBytes: MAX_QUEUE_BYTES, logger: false }
  const { code, stdout, stderr } = await runChild(program, {
    args: [String(SECONDS)],
    execArgv: ['--expose-gc'],
    env: { TRACING_OPTIONS: JSON.stringify(options) },
    timeoutMs: (SECONDS + 60) * 1000,
  })
  assert.equal(code, 0, stderr)
  const { residentBytes, stats } = JSON.parse(stdout) as { residentBytes: number[]; stats: Stats }
  const slope = slopeMbPerMinute(residentBytes.slice(residentBytes.length / 2))
  const peakMb = Math.round(Math.max(...residentBytes) / 1e6)
  t.diagnostic(`${slope.toFixed(2)} MB a minute over the second half, at most ${peakMb} MB`)
  assert.ok(slope <= MAX_SLOPE_MB_PER_MINUTE, `${slope} MB a minute: ${residentBytes.join(' ')}`)
  assertBalanced(stats)
  assert.equal(stats.ended, SPANS)
  return stats
}

/** Least squares over samples a second apart. */
function slopeMbPerMinute(bytes: readonly number[]): number {
  const meanX = (bytes.length - 1) / 2
  const meanY = bytes.reduce((sum, value) => sum + value, 0) / bytes.length
  const covariance = bytes.reduce((sum, value, x) => sum + (x - meanX) * (value - meanY), 0)
  const variance = bytes.reduce((sum, _, x) => sum + (x - meanX) ** 2, 0)
  return ((covariance / variance) * 60) / 1e6
}
