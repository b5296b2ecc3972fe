import assert from 'node:assert/strict'
import { after, before, type TestContext, test } from 'node:test'
import { initTracing } from '../../src/index.ts'
import type { TracingOptions } from '../../src/types/options.ts'
import type { DropCounts, ExporterStats, Stats, Tracing } from '../../src/types/tracing.ts'
import { type Collector, type CollectorBehaviour, startCollector } from '../support/collector.ts'
import { closedPort } from '../support/http-server.ts'
import { assertBalanced, droppedSpans } from '../support/ledger.ts'

const MIB = 1_024 * 1_024

let collector: Collector
before(async () => {
  collector = await startCollector()
})
after(() => collector.stop())

type Counts = Partial<Pick<ExporterStats, 'acked' | 'rejected'> & DropCounts>

interface Case {
  readonly what: string
  readonly behaviour: CollectorBehaviour
  readonly options?: TracingOptions
  readonly spans: number
  readonly expected: Counts
}

const cases: Case[] = [
  { what: 'a backend that takes all', behaviour: {}, spans: 5_000, expected: { acked: 5_000 } },
  {
    what: 'a backend that refuses three of each request',
    behaviour: { rejectedSpans: 3 },
    spans: 10,
    expected: { acked: 7, rejected: 3 },
  },
  { what: 'a backend that finds them wrong', behaviour: { status: 400 }, spans: 10, expected: { rejected: 10 } },
  { what: 'a backend that finds all too large', behaviour: { status: 413 }, spans: 5, expected: { too_large: 5 } },
  {
    what: 'a backend that finds the first request too large',
    behaviour: { status: 413, times: 1 },
    spans: 5,
    expected: { acked: 5 },
  },
  {
    what: 'a backend that is overloaded twice',
    behaviour: { status: 503, times: 2 },
    options: { retry: { initialDelayMs: 1 } },
    spans: 10,
    expected: { acked: 10 },
  },
  {
    what: 'a backend that stays overloaded',
    behaviour: { status: 503 },
    options: { retry: { maxElapsedMs: 50, initialDelayMs: 1 } },
    spans: 10,
    expected: { retries_spent: 10 },
  },
]

for (const { what, behaviour, options, spans, expected } of cases) {
  test(`P4: ${spans} spans for ${what} are ${nameCounts(expected)}`, async t => {
    await collector.behave(behaviour)
    const { tracing, service } = start(t, options)
    endSpans(tracing, spans)
    await tracing.flush()
    const stats = await atRest(tracing, service)
    assert.equal(stats.ended, spans)
    assertCounts(stats.exporters.otlp!, expected)
  })
}

test('P4: what is beyond the queue is counted queue_full, and what shutdown leaves exit_timeout', async t => {
  await collector.behave({ reply: 'silence' })
  const { tracing, service } = start(t, { maxQueueBytes: MIB })
  endSpans(tracing, 3_000, 'x'.repeat(1_000))
  await tracing.shutdown({ timeoutMs: 50 })
  const { queue_full, exit_timeout } = (await atRest(tracing, service)).exporters.otlp!.dropped
  assert.equal(queue_full + exit_timeout, 3_000)
  // A thousand bytes and the rest of a span fit 900 to 1,048 times.
  assert.ok(exit_timeout > 900 && exit_timeout < 1_049, `${exit_timeout} fitted`)
})

test('P4: a span larger than the queue is counted too_large', async t => {
  await collector.behave({})
  const { tracing, service } = start(t, { maxQueueBytes: MIB })
  endSpans(tracing, 1, 'x'.repeat(MIB))
  endSpans(tracing, 1)
  await tracing.flush()
  assertCounts((await atRest(tracing, service)).exporters.otlp!, { acked: 1, too_large: 1 })
})

test('P4: spans that end after shutdown are counted closed', async t => {
  await collector.behave({})
  const { tracing, service } = start(t)
  endSpans(tracing, 10)
  await tracing.shutdown()
  endSpans(tracing, 5)
  assertCounts((await atRest(tracing, service)).exporters.otlp!, { acked: 10, closed: 5 })
})

test('P4: unsampled and open spans are counted, and no exporter is charged with them', async t => {
  await collector.behave({})
  const { tracing, service } = start(t, { sampler: { kind: 'traceidratio', ratio: 0.5 } })
  endSpans(tracing, 1_000)
  const open = Array.from({ length: 100 }, () => tracing.tracer.startSpan('open', { parent: null }))
  await tracing.flush()
  const stats = await atRest(tracing, service)
  const recording = open.filter(span => span.isRecording()).length
  assert.deepEqual([stats.started, stats.open], [1_100, recording])
  assert.ok(stats.unsampled > 400 && stats.unsampled < 700)
  assert.equal(stats.exporters.otlp!.acked, stats.ended)
})

test('P4: each exporter is charged with its own losses', async t => {
  await collector.behave({})
  const dead = `http://127.0.0.1:${await closedPort()}`
  const exporters = [{ kind: 'otlp', url: collector.url } as const, { kind: 'otlp', url: dead } as const]
  const { tracing, service } = start(t, { exporters, retry: { maxElapsedMs: 50, initialDelayMs: 1 } })
  endSpans(tracing, 100)
  await tracing.flush()
  const { exporters: counted } = await atRest(tracing, service)
  assertCounts(counted.otlp!, { acked: 100 })
  assertCounts(counted['otlp#2']!, { retries_spent: 100 })
})

test('P4: while spans are ended and delivered, no span is counted twice', async t => {
  await collector.behave({})
  const { tracing, service } = start(t, { maxBatchDelayMs: 1 })
  for (let round = 0; round < 200; round++) {
    endSpans(tracing, 50)
    await new Promise(resolve => setImmediate(resolve))
    const { ended, exporters } = tracing.stats()
    const { acked, rejected } = exporters.otlp!
    assert.ok(acked + rejected + droppedSpans(exporters.otlp!) <= ended)
  }
  await tracing.flush()
  assertCounts((await atRest(tracing, service)).exporters.otlp!, { acked: 10_000 })
})

function start(t: TestContext, options: TracingOptions = {}): { tracing: Tracing; service: string } {
  const serviceName = t.name
  const exporters = { kind: 'otlp', url: collector.url } as const
  const tracing = initTracing({ serviceName, exporters, logger: false, ...options })
  t.after(() => tracing.shutdown({ timeoutMs: 1 }))
  return { tracing, service: serviceName }
}

function endSpans({ tracer }: Tracing, count: number, text = ''): void {
  for (let item = 0; item < count; item++) tracer.startSpan('work', { attributes: { item, text } }).end()
}

/** The ledger balances, and the collector has the same count as the exporter that sends to it. */
async function atRest(tracing: Tracing, service: string): Promise<Stats> {
  const stats = tracing.stats()
  assertBalanced(stats)
  const { acknowledged } = await collector.received(service)
  assert.equal(stats.exporters.otlp!.acked, acknowledged)
  return stats
}

function assertCounts(stats: ExporterStats, expected: Counts): void {
  const { acked, rejected, dropped } = stats
  assert.deepEqual(nonZero({ acked, rejected, ...dropped }), expected)
}

function nonZero(counts: Counts): Counts {
  return Object.fromEntries(Object.entries(counts).filter(([, count]) => count !== 0))
}

function nameCounts(counts: Counts): string {
  return Object.entries(counts)
    .map(([name, count]) => `${name} ${count}`)
    .join(', ')
}
