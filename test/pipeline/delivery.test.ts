import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import type { ExportResult } from '../../src/types/exporter.ts'
import { KIB, MIB, PipelineBench, ScriptedExporter, settled } from '../support/pipeline.ts'

const ACKED: ExportResult = { outcome: 'acked' }
const RETRY: ExportResult = { outcome: 'retry', message: 'busy' }
const TICKET = 7

const healthy = (): ScriptedExporter => new ScriptedExporter(() => ACKED)
const failing = (): ScriptedExporter => new ScriptedExporter(() => RETRY)
const silent = (): ScriptedExporter => new ScriptedExporter()

/** Lets time pass for a consumer that has been started, a millisecond at a step. */
async function tick(t: TestContext, bench: PipelineBench, ms: number): Promise<void> {
  for (let i = 0; i < ms; i++) {
    bench.nowMs++
    t.mock.timers.tick(1)
    await settled()
  }
}

for (const maxBatchDelayMs of [1, 20, 49, 60, 150, 500]) {
  test(`a span leaves within maxBatchDelayMs ${maxBatchDelayMs} of its end, whenever that is`, async t => {
    t.mock.timers.enable({ apis: ['setInterval'] })
    const bench = new PipelineBench([healthy()], { maxBatchDelayMs })
    await settled()
    bench.delivery.start(false)
    for (let phase = 0; phase < 50; phase += 7) {
      bench.offer(`phase ${phase}`)
      await tick(t, bench, maxBatchDelayMs)
      assert.equal(bench.stats().acked, bench.ended, `ended ${phase} ms after a look at the ring`)
      await tick(t, bench, 7)
    }
    bench.delivery.stop()
  })
}

test('spans that end within the delay leave together', async t => {
  t.mock.timers.enable({ apis: ['setInterval'] })
  const bench = new PipelineBench([healthy()])
  await settled()
  bench.delivery.start(false)
  for (let i = 0; i < 38; i++) {
    bench.offer(`span ${i}`)
    await tick(t, bench, 10)
  }
  assert.equal(bench.stats().acked, 0)
  await tick(t, bench, 120)
  assert.deepEqual([bench.exporters[0]!.requests.length, bench.stats().acked], [1, 38])
  bench.delivery.stop()
})

test('a full batch leaves at once', async () => {
  const bench = new PipelineBench([healthy()], { maxBatchBytes: 10 * KIB })
  await settled()
  for (let i = 0; i < 25; i++) bench.offer('x'.repeat(1_000))
  await bench.pass()
  assert.deepEqual([bench.stats().acked, bench.stats().pending], [20, 5])
})

test('while no exporter can send, the open batch grows instead of getting company', async () => {
  const bench = new PipelineBench([failing()])
  await settled()
  bench.offer('first')
  await bench.pass()
  await bench.pass(500)
  for (let i = 0; i < 100; i++) {
    bench.offer(`later ${i}`)
    await bench.pass(50)
  }
  for (const names of bench.exporters[0]!.requests) assert.deepEqual(names, ['first'])
  bench.assertBalanced()
})

test('a slow answer does not hold up the spans that end meanwhile', async () => {
  const bench = new PipelineBench([silent()])
  await settled()
  for (let i = 0; i < 3; i++) {
    bench.offer(`span ${i}`)
    await bench.pass()
    await bench.pass(500)
  }
  assert.deepEqual(bench.exporters[0]!.requests, [['span 0'], ['span 1'], ['span 2']])
})

test('flush sends what there is and resolves when that is settled, whatever ends meanwhile', async () => {
  const bench = new PipelineBench([silent()])
  await settled()
  bench.offer('before')
  let flushed = false
  const flush = bench.delivery.flush().then(() => (flushed = true))
  await settled()
  bench.offer('meanwhile')
  await bench.pass(500)
  await bench.pass(500)
  assert.deepEqual([bench.exporters[0]!.requests, flushed], [[['before'], ['meanwhile']], false])
  await bench.exporters[0]!.answer(ACKED)
  await flush
  assert.equal(bench.stats().pending, 1)
})

test('flush with nothing pending resolves', async () => {
  await new PipelineBench([silent()]).delivery.flush()
})

test('flush does not wait for the end of a pause', async () => {
  const results = [RETRY, ACKED]
  const bench = new PipelineBench([new ScriptedExporter(() => results.shift())])
  await settled()
  bench.offer('a')
  await bench.pass()
  await bench.pass(500)
  assert.deepEqual([bench.stats().failures, bench.stats().acked], [1, 0])
  await bench.delivery.flush()
  assert.equal(bench.stats().acked, 1)
})

test('flush resolves when what it waits for is evicted', async () => {
  const bench = new PipelineBench([healthy(), failing()], { maxQueueBytes: MIB, maxBatchBytes: 64 * KIB })
  await settled()
  bench.offer('a')
  let flushed = false
  const flush = bench.delivery.flush().then(() => (flushed = true))
  await settled()
  assert.equal(flushed, false)
  for (let i = 0; i < 14; i++) {
    bench.offer('x'.repeat(60 * KIB))
    await bench.pass()
  }
  await flush
  assert.ok(bench.stats(1).dropped.evicted > 0)
  bench.assertBalanced()
})

const backlogs = [
  { title: 'an exporter that answers at once', exporter: healthy, drained: true, acked: 21 },
  { title: 'an exporter that does not answer', exporter: silent, drained: false, acked: 0 },
]
for (const { title, exporter, drained, acked } of backlogs) {
  test(`the end of the process with ${title}: ${drained ? 'drained' : 'not drained'}`, async () => {
    const bench = new PipelineBench([exporter()])
    await settled()
    for (let i = 0; i < 21; i++) bench.offer(`span ${i}`)
    bench.delivery.hurry(2_000, TICKET)
    await settled()
    assert.deepEqual([bench.control.waitUntilDrained(TICKET, 0), bench.stats().acked], [drained, acked])
    bench.delivery.stop()
  })
}

test('drained is not said while the ring holds records, even if all batches have been sent', async () => {
  let drainedAt: number | undefined
  const exporter = new ScriptedExporter(() => {
    if (drainedAt === undefined && bench.control.waitUntilDrained(TICKET, 0)) drainedAt = exporter.requests.length
    return exporter.requests.length === 1 ? RETRY : ACKED
  })
  const bench: PipelineBench = new PipelineBench([exporter])
  await settled()
  bench.offer('waits for its next attempt')
  await bench.pass()
  await bench.pass(500)
  bench.offer('in the ring')
  bench.delivery.hurry(2_000, TICKET)
  await settled()
  assert.deepEqual([drainedAt, bench.stats().acked, bench.control.waitUntilDrained(TICKET, 0)], [undefined, 2, true])
  bench.delivery.stop()
})

test('drained is said when nothing can be sent any more in time', async () => {
  const bench = new PipelineBench([new ScriptedExporter(() => ({ ...RETRY, afterMs: 60_000 }))])
  await settled()
  bench.offer('a')
  bench.delivery.hurry(2_000, TICKET)
  await settled()
  assert.deepEqual([bench.control.waitUntilDrained(TICKET, 0), bench.stats().pending], [true, 1])
  bench.delivery.stop()
})

const SPAN = 'x'.repeat(10 * KIB)

test('a dead exporter gives up its oldest batches for a healthy one, which loses nothing', async () => {
  const bench = new PipelineBench([healthy(), failing()], { maxQueueBytes: MIB, maxBatchBytes: 64 * KIB })
  await settled()
  for (let i = 0; i < 500; i++) {
    assert.ok(bench.offer(SPAN))
    await bench.pass(10)
  }
  await bench.pass(500)
  const [alive, dead] = [bench.stats(0), bench.stats(1)]
  assert.equal(alive.acked, 500)
  assert.ok(dead.dropped.evicted > 400 && dead.pending > 60, JSON.stringify(dead))
  bench.assertBalanced()
})

test('a burst that spent the whole budget does not starve the healthy exporter afterwards', async () => {
  const slow = silent()
  const bench = new PipelineBench([slow, failing()], { maxQueueBytes: MIB, maxBatchBytes: 64 * KIB })
  await settled()
  while (bench.offer(SPAN));
  void bench.delivery.flush()
  await settled()
  while (slow.open.length > 0) await slow.answer(ACKED)
  await bench.pass(50)
  assert.ok(bench.offer(SPAN), 'there is room again')
  bench.assertBalanced()
})

test('where all exporters are dead none is preferred: the newest spans are dropped', async () => {
  const bench = new PipelineBench([failing(), silent()], { maxQueueBytes: MIB, maxBatchBytes: 64 * KIB })
  await settled()
  for (let i = 0; i < 500; i++) {
    bench.offer(SPAN)
    await bench.pass(10)
  }
  for (const exporter of [0, 1]) {
    const { dropped, pending } = bench.stats(exporter)
    assert.equal(dropped.evicted, 0)
    assert.ok(dropped.queue_full > 390 && pending > 90)
  }
  bench.assertBalanced()
})

test('memory that a request which timed out may still be reading is not used again', async t => {
  t.mock.timers.enable({ apis: ['setTimeout'] })
  const exporter = silent()
  const bench = new PipelineBench([exporter])
  await settled()
  const sendBatch = async (): Promise<void> => {
    for (let i = 0; i < 10; i++) bench.offer(`${bench.ended}`.padEnd(10 * KIB, '.'))
    void bench.delivery.flush()
    await settled()
  }
  await sendBatch()
  const [first] = exporter.open.splice(0)
  t.mock.timers.tick(bench.policy.exportTimeoutMs + 250)
  await settled()
  assert.deepEqual([first?.signal.aborted, bench.stats().failures], [true, 1])
  await bench.pass(1_000)
  for (let batch = 0; batch < 5; batch++) {
    await exporter.answer(ACKED)
    await sendBatch()
  }
  first?.answer(ACKED)
  bench.assertBalanced()
})

test('closing closes every exporter', async () => {
  const bench = new PipelineBench([healthy(), silent()])
  await bench.delivery.close()
  assert.deepEqual(
    bench.exporters.map(exporter => exporter.closed),
    [1, 1],
  )
})
