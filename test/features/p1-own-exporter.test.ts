import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { ExporterStats, Stats } from '../../src/types/tracing.ts'
import { type ChildResult, runChild } from '../support/child.ts'
import { type Collector, startCollector } from '../support/collector.ts'
import { assertBalanced } from '../support/ledger.ts'

const SPANS = 1000
/** Longer than a test may take: nobody waits for an answer that cannot come. */
const EXIT_TIMEOUT_MS = 30_000
/** Of those that do wait to the end: enough for the export thread to deliver, also on a busy machine. */
const BOUNDED_MS = 3_000

/** The event loop turns until nothing is left to do. */
const turning = [
  'natural end',
  'more spans in beforeExit',
  'process.exit in an exit listener that was there first',
  'SIGTERM',
]
const stopping = ['process.exit(0)', 'process.exit in a microtask', 'throw', 'rejection']

let collector: Collector
before(async () => {
  collector = await startCollector({ delayMs: 50 })
})
after(() => collector.stop())

describe('P1 for an exporter object beside OTLP', { concurrency: 2 }, () => {
  for (const answer of ['at once', 'promise']) {
    for (const temperature of ['cold', 'warm']) {
      for (const way of [...turning, ...stopping]) {
        const arrive = answer === 'at once' || turning.includes(way)
        const fate = arrive ? 'has every span' : 'cannot be waited for, which is counted'
        test(`${way}, ${temperature}: one that answers ${answer} ${fate}, and the collector has every span`, async () => {
          const service = `${way}, ${temperature}, ${answer}`
          const result = await end(service, way, temperature, answer)
          const spans = way === 'more spans in beforeExit' ? SPANS + 10 : SPANS
          assert.equal((await collector.received(service)).names.work, spans, result.stderr)
          const first = temperature === 'warm' ? 1 : 0
          assert.deepEqual(ownCounts(result), { spans: spans + first, twice: 0 })
          if (result.signal !== null) return
          const { custom, otlp } = exportersOf(result)
          assert.equal(otlp!.acked, spans + first)
          assert.deepEqual([custom!.acked, custom!.dropped.exit_timeout], arrive ? [spans + first, 0] : [first, spans])
        })
      }
    }
  }
})

describe('P1 for an exporter object alone', { concurrency: 2 }, () => {
  for (const answer of ['at once', 'promise']) {
    for (const way of ['natural end', 'process.exit(0)', 'throw']) {
      const arrive = answer === 'at once' || way === 'natural end'
      test(`${way}, cold: one that answers ${answer} ${arrive ? 'has every span' : 'cannot be waited for'}`, async () => {
        const result = await run('ends.mjs', undefined, [way, 'cold'], answer)
        const { custom } = exportersOf(result)
        assert.deepEqual([custom!.acked, custom!.dropped.exit_timeout], arrive ? [SPANS, 0] : [0, SPANS])
        assert.deepEqual(ownCounts(result), { spans: SPANS, twice: 0 })
      })
    }
  }
})

test('P1: a backend that is down does not keep an exporter object from the spans that are closed at a natural end', async () => {
  const env = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1' }
  const result = await run('open-spans.mjs', undefined, ['natural end'], 'at once', BOUNDED_MS, env)
  const { custom, otlp } = exportersOf(result)
  assert.deepEqual([custom!.acked, otlp!.dropped.exit_timeout], [3, 3])
  assert.ok(result.durationMs < EXIT_TIMEOUT_MS / 2, `${result.durationMs} ms`)
})

test('P2: at SIGTERM one that never settles takes no longer than exitTimeoutMs', async () => {
  const result = await end('never, SIGTERM', 'SIGTERM', 'cold', 'never', BOUNDED_MS)
  assert.equal(result.signal, 'SIGTERM')
  assert.equal(await collector.count('never, SIGTERM'), SPANS)
  assert.ok(result.durationMs < EXIT_TIMEOUT_MS / 2, `${result.durationMs} ms`)
})

for (const [answer, deed] of [
  ['never', 'never settles'],
  ['holds', 'holds the event loop'],
] as const) {
  test(`P2: at a natural end, one that ${deed} takes no longer than exitTimeoutMs`, async () => {
    const result = await end(answer, 'natural end', 'cold', answer, BOUNDED_MS)
    assert.equal(result.code, 0)
    assert.equal(await collector.count(answer), SPANS)
    const { custom, otlp } = exportersOf(result)
    assert.deepEqual([custom!.dropped.exit_timeout, otlp!.acked], [SPANS, SPANS])
    assert.equal(result.stderr.match(/1000 of 1000 spans did not arrive at custom: exit_timeout 1000/g)?.length, 1)
    assert.ok(result.durationMs < EXIT_TIMEOUT_MS / 2, `${result.durationMs} ms`)
  })
}

test('P3: while the event loop is blocked OTLP has its spans, and the exporter object gets them afterwards', async t => {
  const blockedMs = 3_000
  const { code, stderr, stdout } = await run('blocked.mjs', 'blocked', ['500', String(blockedMs)], 'promise')
  assert.equal(code, 0)
  const [, from, to] = /blocked from (\d+) to (\d+)/.exec(stderr)!.map(Number)
  const { names, lastMs } = await collector.received('blocked')
  t.diagnostic(`500 spans were at the collector after ${lastMs - from!} ms`)
  assert.equal(names.work, 500)
  assert.ok(lastMs < to!, `the last span came ${lastMs - from!} ms after the block had begun`)
  assert.match(stderr.slice(stderr.indexOf('blocked from')), /own 501 0/)
  const { custom, otlp } = exportersOf({ stdout })
  assert.deepEqual([custom!.acked, otlp!.acked], [501, 501])
})

describe('an export thread that dies', () => {
  test('takes along what it held, and an exporter object goes on beside OTLP from the main thread', async () => {
    await collector.behave({ delayMs: 500 })
    const result = await die('terminated with spans', 'natural end')
    await collector.behave({ delayMs: 50 })
    assert.equal(result.code, 0)
    const { custom, otlp } = exportersOf(result)
    assert.equal(otlp!.acked + otlp!.dropped.worker_lost, SPANS)
    assert.equal(custom!.acked + custom!.dropped.worker_lost, SPANS)
    assert.ok(custom!.acked >= SPANS - 300)
    const own = ownCounts(result)
    assert.ok(own.twice === 0 && own.spans >= custom!.acked, JSON.stringify(own))
  })

  test('unnoticed, is replaced at process.exit, and an exporter object that answers at once has every span', async () => {
    const result = await die('terminated unnoticed', 'process.exit(3)')
    assert.equal(result.code, 3)
    const { custom, otlp } = exportersOf(result)
    assert.equal(await collector.count('terminated unnoticed'), otlp!.acked)
    assert.equal(custom!.acked + custom!.dropped.worker_lost, SPANS + 1)
    assert.equal(custom!.dropped.worker_lost, otlp!.dropped.worker_lost)
    assert.ok(custom!.acked > 1 && ownCounts(result).twice === 0)
  })
})

function end(
  service: string,
  way: string,
  temperature: string,
  answer: string,
  exitTimeoutMs = EXIT_TIMEOUT_MS,
): Promise<ChildResult> {
  return run('ends.mjs', service, [way, temperature], answer, exitTimeoutMs)
}

function die(death: string, way: string): Promise<ChildResult> {
  return run('dead-worker.mjs', death, [death, way], 'at once')
}

/** Without a service there is no collector either. */
async function run(
  program: string,
  service: string | undefined,
  args: readonly string[],
  answer: string,
  exitTimeoutMs = EXIT_TIMEOUT_MS,
  env = {},
): Promise<ChildResult> {
  const result = await runChild(new URL(`programs/${program}`, import.meta.url), {
    args,
    env: {
      OTEL_EXPORTER_OTLP_ENDPOINT: service && collector.url,
      OTEL_SERVICE_NAME: service,
      OWN_EXPORTER: answer,
      TRACING_OPTIONS: JSON.stringify({ exitTimeoutMs }),
      ...env,
    },
  })
  assert.ok(result.durationMs < EXIT_TIMEOUT_MS, 'no wait has lasted to its end')
  assert.match(result.stderr, /a custom exporter runs on the main thread; if it answers with a promise, process\.exit/)
  return result
}

function exportersOf({ stdout }: Pick<ChildResult, 'stdout'>): Record<string, ExporterStats> {
  const stats = JSON.parse(stdout) as Stats
  assertBalanced(stats)
  return stats.exporters
}

/** What the exporter object has counted itself: spans that it was handed, and how many of them for the second time. */
function ownCounts({ stderr }: ChildResult): { spans: number; twice: number } {
  const [, spans, twice] = [...stderr.matchAll(/^own (\d+) (\d+)$/gm)].at(-1)!.map(Number)
  return { spans: spans!, twice: twice! }
}
