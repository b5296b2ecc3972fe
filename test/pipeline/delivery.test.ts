import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import type { ExportResult } from '../../src/types/exporter.ts'
import { KIB, MIB } from '../support/delivery-settings.ts'
import { PipelineHarness } from '../support/pipeline-harness.ts'
import { ScriptedExporter, settled } from '../support/scripted-exporter.ts'

const ACKED: ExportResult = { outcome: 'acked' }
const RETRY: ExportResult = { outcome: 'retry', message: 'busy' }
const TICKET = 7

const healthy = (): ScriptedExporter => new ScriptedExporter(() => ACKED)
const failing = (): ScriptedExporter => new ScriptedExporter(() => RETRY)
const silent = (): ScriptedExporter => new ScriptedExporter()

/** Lets time pass for a consumer that has been started, a millisecond at a step. */
async function tick(t: TestContext, harness: PipelineHarness, ms: number): Promise<void> {
  for (let i = 0; i < ms; i++) {
    harness.nowMs++
    t.mock.timers.tick(1)
    await settled()
  }
}

for (const maxBatchDelayMs of [1, 20, 49, 60, 150, 500]) {
  test(`a span leaves within maxBatchDelayMs ${maxBatchDelayMs} of its end, whenever that is`, async t => {
    t.mock.timers.enable({ apis: ['setInterval'] })
    const harness = new PipelineHarness([healthy()], { maxBatchDelayMs })
    await settled()
    harness.delivery.start(false)
    for (let phase = 0; phase < 50; phase += 7) {
      harness.offer(`phase ${phase}`)
      await tick(t, harness, maxBatchDelayMs)
      assert.equal(harness.stats().acked, harness.ended, `ended ${phase} ms after a look at the ring`)
      await tick(t, harness, 7)
    }
    harness.delivery.stop()
  })
}

test('spans that end within the delay leave together', async t => {
  t.mock.timers.enable({ apis: ['setInterval'] })
  const harness = new PipelineHarness([healthy()])
  await settled()
  harness.delivery.start(false)
  for (let i = 0; i < 38; i++) {
    harness.offer(`span ${i}`)
    await tick(t, harness, 10)
  }
  assert.equal(harness.stats().acked, 0)
  await tick(t, harness, 120)
  assert.deepEqual([harness.exporters[0]!.requests.length, harness.stats().acked], [1, 38])
  harness.delivery.stop()
})

test('a full batch leaves at once', async () => {
  const harness = new PipelineHarness([healthy()], { maxBatchBytes: 10 * KIB })
  await settled()
  for (let i = 0; i < 25; i++) harness.offer('x'.repeat(1_000))
  await harness.pass()
  assert.deepEqual([harness.stats().acked, harness.stats().pending], [20, 5])
})

test('while no exporter can send, the open batch grows instead of getting company', async () => {
  const harness = new PipelineHarness([failing()])
  await settled()
  harness.offer('first')
  await harness.pass()
  await harness.pass(500)
  for (let i = 0; i < 100; i++) {
    harness.offer(`later ${i}`)
    await harness.pass(50)
  }
  for (const names of harness.exporters[0]!.requests) assert.deepEqual(names, ['first'])
  harness.assertBalanced()
})

test('a slow answer does not hold up the spans that end meanwhile', async () => {
  const harness = new PipelineHarness([silent()])
  await settled()
  for (let i = 0; i < 3; i++) {
    harness.offer(`span ${i}`)
    await harness.pass()
    await harness.pass(500)
  }
  assert.deepEqual(harness.exporters[0]!.requests, [['span 0'], ['span 1'], ['span 2']])
})

test('flush sends what there is and resolves when that is settled, whatever ends meanwhile', async () => {
  const harness = new PipelineHarness([silent()])
  await settled()
  harness.offer('before')
  let flushed = false
  const flush = harness.delivery.flush().then(() => (flushed = true))
  await settled()
  harness.offer('meanwhile')
  await harness.pass(500)
  await harness.pass(500)
  assert.deepEqual([harness.exporters[0]!.requests, flushed], [[['before'], ['meanwhile']], false])
  await harness.exporters[0]!.answer(ACKED)
  await flush
  assert.equal(harness.stats().pending, 1)
})

test('flush with nothing pending resolves', async () => {
  await new PipelineHarness([silent()]).delivery.flush()
})

test('flush does not wait for the end of a pause', async () => {
  const results = [RETRY, ACKED]
  const harness = new PipelineHarness([new ScriptedExporter(() => results.shift())])
  await settled()
  harness.offer('a')
  await harness.pass()
  await harness.pass(500)
  assert.deepEqual([harness.stats().failures, harness.stats().acked], [1, 0])
  await harness.delivery.flush()
  assert.equal(harness.stats().acked, 1)
})

test('flush resolves when what it waits for is evicted', async () => {
  const harness = new PipelineHarness([healthy(), failing()], { maxQueueBytes: MIB, maxBatchBytes: 64 * KIB })
  await settled()
  harness.offer('a')
  let flushed = false
  const flush = harness.delivery.flush().then(() => (flushed = true))
  await settled()
  assert.equal(flushed, false)
  for (let i = 0; i < 14; i++) {
    harness.offer('x'.repeat(60 * KIB))
    await harness.pass()
  }
  await flush
  assert.ok(harness.stats(1).dropped.evicted > 0)
  harness.assertBalanced()
})

const backlogs = [
  { title: 'an exporter that answers at once', exporter: healthy, drained: true, acked: 21 },
  { title: 'an exporter that does not answer', exporter: silent, drained: false, acked: 0 },
]
for (const { title, exporter, drained, acked } of backlogs) {
  test(`the end of the process with ${title}: ${drained ? 'drained' : 'not drained'}`, async () => {
    const harness = new PipelineHarness([exporter()])
    await settled()
    for (let i = 0; i < 21; i++) harness.offer(`span ${i}`)
    harness.delivery.hurry(2_000, TICKET)
    await settled()
    assert.deepEqual([harness.control.isDrained(TICKET), harness.stats().acked], [drained, acked])
    harness.delivery.stop()
  })
}

test('drained is not said while the ring holds records, even if all batches have been sent', async () => {
  let drainedAt: number | undefined
  const exporter = new ScriptedExporter(() => {
    if (drainedAt === undefined && harness.control.isDrained(TICKET)) drainedAt = exporter.requests.length
    return exporter.requests.length === 1 ? RETRY : ACKED
  })
  const harness: PipelineHarness = new PipelineHarness([exporter])
  await settled()
  harness.offer('waits for its next attempt')
  await harness.pass()
  await harness.pass(500)
  harness.offer('in the ring')
  harness.delivery.hurry(2_000, TICKET)
  await settled()
  assert.deepEqual([drainedAt, harness.stats().acked, harness.control.isDrained(TICKET)], [undefined, 2, true])
  harness.delivery.stop()
})

test('drained is said when nothing can be sent any more in time', async () => {
  const harness = new PipelineHarness([new ScriptedExporter(() => ({ ...RETRY, afterMs: 60_000 }))])
  await settled()
  harness.offer('a')
  harness.delivery.hurry(2_000, TICKET)
  await settled()
  assert.deepEqual([harness.control.isDrained(TICKET), harness.stats().pending], [true, 1])
  harness.delivery.stop()
})

const SPAN = 'x'.repeat(10 * KIB)

test('a dead exporter gives up its oldest batches for a healthy one, which loses nothing', async () => {
  const harness = new PipelineHarness([healthy(), failing()], { maxQueueBytes: MIB, maxBatchBytes: 64 * KIB })
  await settled()
  for (let i = 0; i < 500; i++) {
    assert.ok(harness.offer(SPAN))
    await harness.pass(10)
  }
  await harness.pass(500)
  const [alive, dead] = [harness.stats(0), harness.stats(1)]
  assert.equal(alive.acked, 500)
  assert.ok(dead.dropped.evicted > 400 && dead.pending > 60, JSON.stringify(dead))
  harness.assertBalanced()
})

test('a burst that spent the whole budget does not starve the healthy exporter afterwards', async () => {
  const slow = silent()
  const harness = new PipelineHarness([slow, failing()], { maxQueueBytes: MIB, maxBatchBytes: 64 * KIB })
  await settled()
  while (harness.offer(SPAN));
  void harness.delivery.flush()
  await settled()
  while (slow.open.length > 0) await slow.answer(ACKED)
  await harness.pass(50)
  assert.ok(harness.offer(SPAN), 'there is room again')
  harness.assertBalanced()
})

test('where all exporters are dead none is preferred: the newest spans are dropped', async () => {
  const harness = new PipelineHarness([failing(), silent()], { maxQueueBytes: MIB, maxBatchBytes: 64 * KIB })
  await settled()
  for (let i = 0; i < 500; i++) {
    harness.offer(SPAN)
    await harness.pass(10)
  }
  for (const exporter of [0, 1]) {
    const { dropped, pending } = harness.stats(exporter)
    assert.equal(dropped.evicted, 0)
    assert.ok(dropped.queue_full > 390 && pending > 90)
  }
  harness.assertBalanced()
})

test('memory that a request which timed out may still be reading is not used again', async t => {
  t.mock.timers.enable({ apis: ['setTimeout'] })
  const exporter = silent()
  const harness = new PipelineHarness([exporter])
  await settled()
  const sendBatch = async (): Promise<void> => {
    for (let i = 0; i < 10; i++) harness.offer(`${harness.ended}`.padEnd(10 * KIB, '.'))
    void harness.delivery.flush()
    await settled()
  }
  await sendBatch()
  const [first] = exporter.open.splice(0)
  t.mock.timers.tick(harness.policy.exportTimeoutMs + 250)
  await settled()
  assert.deepEqual([first?.signal.aborted, harness.stats().failures], [true, 1])
  await harness.pass(1_000)
  for (let batch = 0; batch < 5; batch++) {
    await exporter.answer(ACKED)
    await sendBatch()
  }
  first?.answer(ACKED)
  harness.assertBalanced()
})

test('closing closes every exporter', async () => {
  const harness = new PipelineHarness([healthy(), silent()])
  await harness.delivery.close()
  assert.deepEqual(
    harness.exporters.map(exporter => exporter.closed),
    [1, 1],
  )
})
