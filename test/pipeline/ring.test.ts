import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { MessageChannel, Worker } from 'node:worker_threads'
import { build } from 'esbuild'
import { type Control, createControl } from '../../src/pipeline/control.ts'
import type { ToExportThread } from '../../src/pipeline/messages.ts'
import { RingProducer } from '../../src/pipeline/ring-producer.ts'
import { SEGMENT_BYTES } from '../../src/pipeline/segment.ts'
import type { RingConsumerData, RingReport } from '../support/ring-consumer.ts'
import { ENDED, isOversized, payloadSize, type RingRun, recordSize, writeRecord } from '../support/ring-records.ts'

const RECORDS = Number(process.env.RING_RECORDS ?? 10_000_000)

for (const maxBytes of [1, 16].map(mebibytes => mebibytes * 1024 * 1024)) {
  const run: RingRun = { seed: 20_260 + maxBytes, records: RECORDS / 2, maxBytes }
  test(`${run.records} records of random sizes reach another thread through ${maxBytes} bytes, whole and in order`, t =>
    check(t, run))
}

async function check(t: TestContext, run: RingRun): Promise<void> {
  const control = createControl(0, true)
  const { port1, port2 } = new MessageChannel()
  const post = (message: ToExportThread): void => port1.postMessage(message)
  const link = {
    addSegment: post,
    retireSegment: (segment: number) => post({ kind: 'retire', segment }),
    wake: () => post({ kind: 'wake' }),
  }
  const producer = new RingProducer(control, link, run.maxBytes, true)
  const segments = producer.memories as SharedArrayBuffer[]
  const workerData = { run, control: control.memory as SharedArrayBuffer, segments, port: port2 }
  const worker = new Worker(await bundledConsumer(t), {
    workerData: workerData satisfies RingConsumerData,
    transferList: [port2],
  })
  t.after(() => worker.terminate())
  const startMs = performance.now()
  const { refusals, peakBytes } = produce(producer, control, run)
  const [report] = (await once(worker, 'message')) as [RingReport]
  const seconds = (performance.now() - startMs) / 1000

  const oversized = Math.floor(run.records / 200_000)
  assert.deepEqual(
    {
      firstWrong: report.firstWrong,
      records: report.records,
      dropped: producer.dropped,
      waiting: producer.waitingRecords,
    },
    {
      firstWrong: -1,
      records: run.records - oversized,
      dropped: { queue_full: refusals, too_large: oversized, closed: 0 },
      waiting: 0,
    },
  )
  assert.equal(control.settledBytes, report.bytes, 'every byte has been settled')
  assert.ok(peakBytes <= 2 * run.maxBytes + 18 * SEGMENT_BYTES, `the segments took ${peakBytes} bytes`)
  t.diagnostic(
    `${seconds.toFixed(1)} s, ${report.bytes} bytes, at most ${peakBytes} in segments, refused ${refusals} times`,
  )
}

/** Offers each record until the ring takes it, or the consumer has ended before its time. */
function produce(producer: RingProducer, control: Control, run: RingRun): { refusals: number; peakBytes: number } {
  let refusals = 0
  let peakBytes = 0
  for (let index = 0; index < run.records; index++) {
    while (!offer(producer, run, index) && !isOversized(run, index)) {
      refusals++
      control.waitForCall(control.calls, 1)
      if (control.isDrained(ENDED)) return { refusals, peakBytes }
    }
    if (index % 4096 === 0) peakBytes = Math.max(peakBytes, sizeOf(producer.memories))
  }
  return { refusals, peakBytes }
}

/** As the recorder does it: a bound that is too high for small records and near for large ones. */
function offer(producer: RingProducer, run: RingRun, index: number): boolean {
  const size = recordSize(payloadSize(run, index))
  const bound = size < 1000 ? size * 2 : size
  const writer = producer.reserve(bound)
  if (writer === undefined) return false
  const before = producer.records
  writeRecord(writer, run, index)
  producer.commit()
  return producer.records > before
}

function sizeOf(memories: readonly ArrayBufferLike[]): number {
  return memories.reduce((sum, memory) => sum + memory.byteLength, 0)
}

/** Workers do not run TypeScript. */
async function bundledConsumer(t: TestContext): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'ring-consumer-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  const outfile = join(folder, 'ring-consumer.mjs')
  const entry = fileURLToPath(new URL('../support/ring-consumer.ts', import.meta.url))
  await build({ entryPoints: [entry], outfile, bundle: true, format: 'esm', platform: 'node', sourcemap: 'inline' })
  return outfile
}
