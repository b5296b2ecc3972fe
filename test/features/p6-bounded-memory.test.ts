import assert from 'node:assert/strict'
import { createServer } from 'node:net'
import { after, before, describe, type TestContext, test } from 'node:test'
import type { ExporterOptions, TracingOptions } from '../../src/types/options.ts'
import type { ExporterStats, Stats } from '../../src/types/tracing.ts'
import { runChild } from '../support/child.ts'
import { type Collector, startCollector } from '../support/collector.ts'
import { assertBalanced, droppedSpans } from '../support/ledger.ts'
import { listen } from '../support/listen.ts'

/** A leak never levels off; what glibc and V8 keep for a while does, on a busy machine after minutes. */
const MAX_SECONDS = Number(process.env.P6_SECONDS ?? 420)
const MAX_QUEUE_BYTES = 8 * 1024 * 1024
const MAX_SLOPE_MB_PER_MINUTE = 1
/** What is full is given up and filled again while memory is measured. */
const RETRY = { maxElapsedMs: 15_000 }
const program = new URL('programs/soak.mjs', import.meta.url)

/**
 * With an arena per thread, glibc keeps freed pages for minutes, and Node keeps counts for coverage: neither is growth of ours.
 */
const QUIET_MEMORY = { MALLOC_ARENA_MAX: '1', NODE_V8_COVERAGE: undefined }

/** A port that nobody listens on. */
const REFUSED = 'http://127.0.0.1:9/v1/traces'

/** All at once: they are paced, and most of their time they wait. */
describe('P6: memory is bounded, 5,000 spans a second against a budget of 8 MiB', { concurrency: true }, () => {
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
    assertGivenUp(exporters.otlp)
  })

  test('the collector takes requests and never answers', async t => {
    const { exporters } = await soak(t, [{ kind: 'otlp', url: silent.url }])
    assert.equal(exporters.otlp?.acked, 0)
    assertGivenUp(exporters.otlp)
  })

  for (const trouble of ['refuses connections', 'never answers']) {
    test(`one collector ${trouble}, the healthy one loses nothing`, async t => {
      const dead = trouble === 'never answers' ? silent.url : REFUSED
      const exporters: ExporterOptions[] = [dead, collector.url].map(url => ({ kind: 'otlp', url }))
      const stats = await soak(t, exporters, trouble)
      const { spans, distinct, acknowledged } = await collector.received(trouble)
      const { otlp, 'otlp#2': healthy } = stats.exporters
      assert.equal(droppedSpans(healthy!), 0, JSON.stringify(healthy))
      assert.deepEqual([spans, distinct, acknowledged], [stats.ended, stats.ended, healthy?.acked])
      assert.equal(otlp?.acked, 0)
      assert.ok(otlp.dropped.evicted > 0, 'the dead one has given up batches')
    })
  }
})

function assertGivenUp({ dropped }: ExporterStats): void {
  assert.ok(dropped.queue_full > 0, 'the budget was spent')
  assert.ok(dropped.retries_spent > 0, 'what had spent it was given up')
}

interface SoakResult {
  readonly slope: number
  readonly residentBytes: readonly number[]
  readonly stats: Stats
}

/** Runs the program until its memory is level, checks that and the balance, and gives the counts. */
async function soak(t: TestContext, exporters: readonly ExporterOptions[], serviceName = 'soak'): Promise<Stats> {
  const options: TracingOptions = {
    serviceName,
    exporters,
    maxQueueBytes: MAX_QUEUE_BYTES,
    retry: RETRY,
    logger: false,
  }
  const { slope, residentBytes, stats } = await run(options)
  const seconds = residentBytes.length
  const peakMb = Math.round(Math.max(...residentBytes) / 1e6)
  t.diagnostic(`${slope.toFixed(2)} MB a minute after ${seconds} s and ${stats.ended} spans; at most ${peakMb} MB`)
  assert.ok(slope <= MAX_SLOPE_MB_PER_MINUTE, `${slope} MB a minute: ${residentBytes.join(' ')}`)
  assertBalanced(stats)
  assert.equal(stats.ended, seconds * 5_000)
  return stats
}

async function run(options: TracingOptions): Promise<SoakResult> {
  const { code, stdout, stderr } = await runChild(program, {
    args: [String(MAX_SLOPE_MB_PER_MINUTE), String(MAX_SECONDS)],
    execArgv: ['--expose-gc'],
    env: { ...QUIET_MEMORY, TRACING_OPTIONS: JSON.stringify(options) },
    timeoutMs: (MAX_SECONDS + 60) * 1000,
  })
  assert.equal(code, 0, stderr)
  return JSON.parse(stdout) as SoakResult
}
