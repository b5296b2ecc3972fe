import assert from 'node:assert/strict'
import { createServer } from 'node:net'
import { after, before, describe, type TestContext, test } from 'node:test'
import type { ExporterOptions, TracingOptions } from '../../src/types/options.ts'
import type { Stats } from '../../src/types/tracing.ts'
import { runChild } from '../support/child.ts'
import { type Collector, startCollector } from '../support/collector.ts'
import { assertBalanced, droppedSpans } from '../support/ledger.ts'
import { listen } from '../support/listen.ts'

/** Until the budget is spent and both heaps have found their size. */
const WARM_UP_SECONDS = 90
const MEASURED_SECONDS = Number(process.env.P6_SECONDS ?? 120)
const SECONDS = WARM_UP_SECONDS + MEASURED_SECONDS
const SPANS = SECONDS * 5_000
const MAX_QUEUE_BYTES = 8 * 1024 * 1024
const MAX_SLOPE_MB_PER_MINUTE = 1
const program = new URL('programs/soak.mjs', import.meta.url)

/**
 * With an arena per thread, glibc keeps freed pages for minutes, and Node keeps counts for coverage: neither is growth of ours.
 */
const QUIET_MEMORY = { MALLOC_ARENA_MAX: '1', NODE_V8_COVERAGE: undefined }

/** A port that nobody listens on. */
const REFUSED = 'http://127.0.0.1:9/v1/traces'

/** All at once: they are paced, and most of their time they wait. */
describe(`P6: memory is bounded, ${SPANS} spans in ${SECONDS} s against a budget of 8 MiB`, {
  concurrency: true,
}, () => {
  let collector: Collector
  let silent: { url: string; close(): void }
  let untraced: Promise<SoakResult>
  before(async () => {
    collector = await startCollector()
    silent = await listen(createServer())
    untraced = run({ enabled: false })
  })
  after(() => {
    collector.stop()
    silent.close()
  })

  test('the collector refuses connections', async t => {
    const { exporters } = await soak(t, [{ kind: 'otlp', url: REFUSED }], untraced)
    assert.equal(exporters.otlp?.acked, 0)
    assert.ok(exporters.otlp.dropped.queue_full > 0, 'the budget was spent')
  })

  test('the collector takes requests and never answers', async t => {
    const { exporters } = await soak(t, [{ kind: 'otlp', url: silent.url }], untraced)
    assert.equal(exporters.otlp?.acked, 0)
    assert.ok(exporters.otlp.dropped.queue_full > 0, 'the budget was spent')
  })

  for (const trouble of ['refuses connections', 'never answers']) {
    test(`one collector ${trouble}, the healthy one loses nothing`, async t => {
      const dead = trouble === 'never answers' ? silent.url : REFUSED
      const exporters: ExporterOptions[] = [dead, collector.url].map(url => ({ kind: 'otlp', url }))
      const stats = await soak(t, exporters, untraced, trouble)
      const { spans, distinct, acknowledged } = await collector.received(trouble)
      const { otlp, 'otlp#2': healthy } = stats.exporters
      assert.equal(spans, SPANS)
      assert.equal(distinct, SPANS)
      assert.equal(healthy?.acked, acknowledged)
      assert.equal(droppedSpans(healthy), 0)
      assert.equal(otlp?.acked, 0)
      assert.ok(otlp.dropped.evicted > 0, 'the dead one has given up batches')
    })
  }
})

interface SoakResult {
  readonly residentBytes: readonly number[]
  readonly stats: Stats
}

/** Runs the program beside its untraced twin, checks memory and balance, and gives the counts. */
async function soak(
  t: TestContext,
  exporters: readonly ExporterOptions[],
  twin: Promise<SoakResult>,
  serviceName = 'soak',
): Promise<Stats> {
  const { residentBytes, stats } = await run({ serviceName, exporters, maxQueueBytes: MAX_QUEUE_BYTES, logger: false })
  const slope = slopeOf(residentBytes)
  const twinSlope = slopeOf((await twin).residentBytes)
  const peakMb = Math.round(Math.max(...residentBytes) / 1e6)
  t.diagnostic(`${slope.toFixed(2)} MB a minute, the untraced twin ${twinSlope.toFixed(2)}; at most ${peakMb} MB`)
  assert.ok(slope - twinSlope <= MAX_SLOPE_MB_PER_MINUTE, `${slope} MB a minute: ${residentBytes.join(' ')}`)
  assertBalanced(stats)
  assert.equal(stats.ended, SPANS)
  return stats
}

async function run(options: TracingOptions): Promise<SoakResult> {
  const { code, stdout, stderr } = await runChild(program, {
    args: [String(SECONDS)],
    execArgv: ['--expose-gc'],
    env: { ...QUIET_MEMORY, TRACING_OPTIONS: JSON.stringify(options) },
    timeoutMs: (SECONDS + 60) * 1000,
  })
  assert.equal(code, 0, stderr)
  return JSON.parse(stdout) as SoakResult
}

/** Of the lowest reading in every ten seconds: what is left after the collector of garbage has been. */
function slopeOf(residentBytes: readonly number[]): number {
  const measured = residentBytes.slice(WARM_UP_SECONDS)
  const lowest: number[] = []
  for (let from = 0; from < measured.length; from += 10) lowest.push(Math.min(...measured.slice(from, from + 10)))
  return slopeMbPerMinute(lowest, 10)
}

/** Least squares over samples `secondsApart`. */
function slopeMbPerMinute(bytes: readonly number[], secondsApart: number): number {
  const meanX = (bytes.length - 1) / 2
  const meanY = bytes.reduce((sum, value) => sum + value, 0) / bytes.length
  const covariance = bytes.reduce((sum, value, x) => sum + (x - meanX) * (value - meanY), 0)
  const variance = bytes.reduce((sum, _, x) => sum + (x - meanX) ** 2, 0)
  return ((covariance / variance) * (60 / secondsApart)) / 1e6
}
