import assert from 'node:assert/strict'
import { devNull } from 'node:os'
import { describe, type TestContext, test } from 'node:test'
import { getTracer, initTracing, type SpanBatch, type Tracing, type TracingOptions } from '../../src/index.ts'
import { MemoryExporter } from '../../src/testing.ts'
import { holdEventLoop } from '../support/event-loop.ts'
import { assertBalanced } from '../support/ledger.ts'
import { namesIn } from '../support/named-spans.ts'

type Export = (batch: SpanBatch, signal: AbortSignal) => unknown

/** Beside a file, so that there is an export thread that hands the batches back. */
function record(t: TestContext, exportBatch: Export, options: TracingOptions = {}): Tracing {
  holdEventLoop(t)
  const exporter = { name: 'own', export: exportBatch as never }
  const tracing = initTracing({
    exporters: [
      { kind: 'file', path: devNull },
      { kind: 'custom', exporter },
    ],
    retry: { initialDelayMs: 1, maxDelayMs: 1 },
    logger: false,
    ...options,
  })
  t.after(() => tracing.shutdown())
  return tracing
}

function endSpans(tracing: Tracing, count: number): string[] {
  const names = Array.from({ length: count }, (_, index) => `span ${index}`)
  for (const name of names) tracing.tracer.startSpan(name).end()
  return names
}

describe('P4: an exporter object beside another exporter', () => {
  test('is flushed when it has settled, promise or not, and both ledgers balance', async t => {
    const taken: string[] = []
    const tracing = record(t, async batch => {
      await new Promise(resolve => setTimeout(resolve, 5))
      taken.push(...namesIn(batch))
      return { outcome: 'acked' }
    })
    const names = endSpans(tracing, 100)
    assert.deepEqual(await tracing.flush(), { ok: true, pending: 0 })
    assert.deepEqual(taken, names)
    const stats = tracing.stats()
    assertBalanced(stats)
    assert.deepEqual([stats.exporters.custom!.acked, stats.exporters.file!.acked], [100, 100])
  })

  test('has its batches halved, continued where it got to, and tried again, as any other', async t => {
    const taken: string[] = []
    let requests = 0
    const tracing = record(t, batch => {
      const names = namesIn(batch)
      requests++
      if (names.length > 5) return { outcome: 'too_large', message: 'five at most' }
      if (requests % 3 === 0) throw new Error('now and then')
      taken.push(names[0]!)
      return names.length > 1 ? { outcome: 'retry', settled: 1, message: 'one at a time' } : { outcome: 'acked' }
    })
    const names = endSpans(tracing, 40)
    assert.deepEqual(await tracing.flush(), { ok: true, pending: 0 })
    assert.deepEqual(taken.sort(), names.sort())
    const stats = tracing.stats()
    assertBalanced(stats)
    const { acked, sent, failures, resent } = stats.exporters.custom!
    assert.equal(acked + sent, 40)
    assert.ok(failures > 0 && resent > 0)
    assert.equal(stats.exporters.file!.requests, 1)
  })

  test('is told at its timeout, and gets the batch again', async t => {
    const signals: AbortSignal[] = []
    const exportBatch: Export = (_, signal) => {
      signals.push(signal)
      return signals.length === 1 ? new Promise(() => {}) : { outcome: 'acked' }
    }
    const tracing = record(t, exportBatch, { exportTimeoutMs: 10 })
    endSpans(tracing, 1)
    assert.deepEqual(await tracing.flush({ timeoutMs: 10_000 }), { ok: true, pending: 0 })
    assert.deepEqual([signals[0]?.aborted, signals[1]?.aborted], [true, false])
    const { custom } = tracing.stats().exporters
    assert.deepEqual([custom!.acked, custom!.lastError], [1, 'no answer within 10 ms'])
  })

  test('sees batches of the size and with the resource of the set-up', async t => {
    const batches: { count: number; bytes: number; service: unknown; scope: string; request: number }[] = []
    const exportBatch: Export = batch => {
      const { count, bytes, resource, scope } = batch
      const request = batch.request().length
      batches.push({ count, bytes: bytes.length, service: resource['service.name'], scope: scope.name, request })
      return { outcome: 'acked' }
    }
    const tracing = record(t, exportBatch, { serviceName: 'svc', maxBatchBytes: 4_096 })
    endSpans(tracing, 200)
    await tracing.flush()
    assert.equal(
      batches.reduce((sum, { count }) => sum + count, 0),
      200,
    )
    assert.ok(batches.length > 1)
    for (const { bytes, request, service, scope } of batches) {
      assert.ok(bytes <= 4_096 && request > bytes)
      assert.deepEqual([service, scope], ['svc', 'blueprint-tracing'])
    }
  })

  test('does not record the spans that it starts, at once and after an await', async t => {
    const memory = new MemoryExporter()
    const tracing = record(t, async batch => {
      getTracer().span('at once', () => {})
      await new Promise(resolve => setTimeout(resolve, 1))
      await getTracer().span('later', async () => getTracer().startSpan('inside').end())
      return memory.export(batch)
    })
    endSpans(tracing, 1)
    await tracing.flush()
    await tracing.flush()
    const { started, unsampled, ended } = tracing.stats()
    assert.deepEqual(
      [started, unsampled, ended, namesIn({ spans: () => memory.spans.values() })],
      [4, 3, 1, ['span 0']],
    )
  })

  test('is closed by a shutdown, which gives up what it has not settled', async t => {
    let aborted = false
    let closed = 0
    let begin = (): void => {}
    const begun = new Promise<void>(resolve => {
      begin = resolve
    })
    const exporter = {
      name: 'own',
      export: (_: SpanBatch, signal: AbortSignal) => {
        begin()
        return new Promise<never>(() => signal.addEventListener('abort', () => (aborted = true)))
      },
      close: () => void closed++,
    }
    const exporters = [
      { kind: 'custom', exporter },
      { kind: 'file', path: devNull },
    ] as const
    const tracing = record(t, () => undefined, { exporters })
    endSpans(tracing, 3)
    await begun
    assert.equal((await tracing.shutdown({ timeoutMs: 100 })).ok, false)
    const stats = tracing.stats()
    assertBalanced(stats)
    const { custom, file } = stats.exporters
    assert.deepEqual([closed, aborted, custom!.dropped.exit_timeout, file!.acked], [1, true, 3, 3])
  })
})
