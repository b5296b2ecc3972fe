import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ExportResult } from '../../src/types/exporter.ts'
import { KIB, MIB, POLICY } from '../support/delivery-settings.ts'
import { LaneHarness } from '../support/lane-harness.ts'
import { namedSpans } from '../support/named-spans.ts'
import { ScriptedExporter, settled } from '../support/scripted-exporter.ts'

const ACKED: ExportResult = { outcome: 'acked' }
const RETRY: ExportResult = { outcome: 'retry', message: 'busy' }
const MAX_JITTER_MS = 1_000

function offerEach(harness: LaneHarness, count: number, length = 1): void {
  for (let i = 0; i < count; i++) harness.offer(String(i).padEnd(length, '.'))
}

test('a batch that the backend takes is acknowledged and settled', async () => {
  const exporter = new ScriptedExporter(() => ACKED)
  const harness = new LaneHarness(exporter)
  harness.offer('a', 'b')
  await harness.pump()
  assert.deepEqual(exporter.requests, [['a', 'b']])
  assert.deepEqual([harness.outcome, harness.settled, harness.lane.heldBytes], [{ acked: 2 }, ['a'], 0])
  assert.deepEqual([harness.counts.requests, harness.counts.bytes], [1, namedSpans('a', 'b').length])
})

test('nothing is sent before the exporter is loaded', async () => {
  let load = (_: ScriptedExporter): void => {}
  const harness = new LaneHarness(new Promise<ScriptedExporter>(resolve => (load = resolve)))
  harness.offer('a')
  await harness.pump()
  assert.deepEqual([harness.lane.isReady(harness.nowMs), harness.lane.isStuckUntil(harness.nowMs)], [false, false])
  load(new ScriptedExporter(() => ACKED))
  await settled()
  assert.deepEqual(harness.outcome, { acked: 1 })
})

test('an exporter that cannot be set up loses what it is given, and says why once', async () => {
  const harness = new LaneHarness(Promise.reject(new Error('no such certificate')))
  harness.offer('a')
  harness.offer('b', 'c')
  await harness.pump()
  assert.deepEqual(harness.outcome, { rejected: 3 })
  assert.match(harness.lines[0]!, /^warn otlp: 1 span lost: cannot be set up: no such certificate$/)
  assert.match(harness.lines[1]!, /^debug /)
})

test('an exporter that is there already is used before the event loop turns', () => {
  const exporter = new ScriptedExporter(() => ACKED)
  const harness = new LaneHarness(exporter, {}, { ready: true })
  harness.offer('a')
  harness.lane.pump()
  assert.deepEqual(harness.outcome, { acked: 1 })
})

test('answers that cannot come before the end are not waited for, as long as nothing else can be sent', async () => {
  let late = 0
  const exporter = new ScriptedExporter()
  const harness = new LaneHarness(exporter, {}, { lateCount: () => late })
  const isStuck = (): boolean => harness.lane.isStuckUntil(harness.nowMs + 1_000)
  offerEach(harness, 20)
  harness.lane.hurry()
  await harness.pump()
  assert.equal(exporter.open.length, 16)
  late = 15
  assert.equal(isStuck(), false)
  late = 16
  assert.equal(isStuck(), true)
  await exporter.answer(ACKED)
  late = 15
  assert.equal(isStuck(), false, 'one of those that waited is under way')
  late = 0
  while (exporter.open.length > 0) await exporter.answer(ACKED)
  assert.deepEqual([isStuck(), harness.outcome], [true, { acked: 20 }])
})

const concurrency = [
  { title: 'one request while nothing waits', parcels: 1, urgent: false, underWay: 1 },
  { title: 'eight with a backlog', parcels: 30, urgent: false, underWay: 8 },
  { title: 'sixteen when the process ends', parcels: 30, urgent: true, underWay: 16 },
]
for (const { title, parcels, urgent, underWay } of concurrency) {
  test(`requests under way: ${title}`, async () => {
    const exporter = new ScriptedExporter()
    const harness = new LaneHarness(exporter)
    offerEach(harness, parcels)
    if (urgent) harness.lane.hurry()
    await harness.pump()
    assert.equal(exporter.open.length, underWay)
    await exporter.answer(ACKED)
    assert.equal(exporter.requests.length, Math.min(parcels, underWay + 1), 'an answer makes room for the next')
  })
}

test('one request at a time after a failure, and more again after a success', async () => {
  const exporter = new ScriptedExporter()
  const harness = new LaneHarness(exporter)
  offerEach(harness, 20)
  await harness.pump()
  for (let i = 0; i < 8; i++) await exporter.answer(RETRY)
  await harness.wait(MAX_JITTER_MS)
  assert.equal(exporter.open.length, 1)
  await exporter.answer(ACKED)
  assert.equal(exporter.open.length, 8)
})

test('the bytes under way are a quarter of the budget at most', async () => {
  const exporter = new ScriptedExporter()
  const harness = new LaneHarness(exporter, { maxQueueBytes: MIB })
  offerEach(harness, 8, 100 * KIB)
  await harness.pump()
  assert.equal(exporter.open.length, 2)
})

test('a single batch may exceed that', async () => {
  const exporter = new ScriptedExporter()
  const harness = new LaneHarness(exporter, { maxQueueBytes: MIB })
  offerEach(harness, 2, 900 * KIB)
  await harness.pump()
  assert.equal(exporter.open.length, 1)
})

test('a batch that failed is tried again after a pause, before those that came later', async () => {
  const exporter = new ScriptedExporter()
  const harness = new LaneHarness(exporter)
  harness.offer('a')
  await harness.pump()
  harness.offer('b')
  await exporter.answer(RETRY)
  await harness.wait(MAX_JITTER_MS)
  await exporter.answer(ACKED)
  assert.deepEqual(exporter.requests, [['a'], ['a'], ['b']])
  assert.deepEqual([harness.counts.resent, harness.counts.failures], [1, 1])
})

test('requests that were under way together fail together: that is one failure in a row', async t => {
  t.mock.method(Math, 'random', () => 0.999)
  const exporter = new ScriptedExporter()
  const harness = new LaneHarness(exporter)
  offerEach(harness, 8)
  await harness.pump()
  for (let i = 0; i < 8; i++) await exporter.answer(RETRY)
  assert.equal(harness.lane.isStuckUntil(harness.nowMs + MAX_JITTER_MS), false)
})

test('the backend may ask for a longer pause, also where another answer asks for none', async () => {
  const exporter = new ScriptedExporter()
  const harness = new LaneHarness(exporter)
  offerEach(harness, 2)
  await harness.pump()
  await exporter.answer({ ...RETRY, afterMs: 60_000 })
  await exporter.answer(RETRY)
  await harness.wait(59_999)
  assert.equal(exporter.requests.length, 2)
  await harness.wait(1)
  assert.equal(exporter.requests.length, 3)
})

test('a batch is given up with the first failure after maxElapsedMs, counted from its first attempt', async () => {
  const exporter = new ScriptedExporter(() => RETRY)
  const harness = new LaneHarness(exporter, { retry: { maxElapsedMs: 5_000, initialDelayMs: 1, maxDelayMs: 1 } })
  harness.offer('a', 'b')
  harness.nowMs += 5_000
  await harness.pump()
  await harness.wait(4_999)
  assert.deepEqual(harness.outcome, { pending: 2 })
  await harness.wait(1)
  assert.deepEqual([harness.outcome, harness.settled], [{ retries_spent: 2 }, ['a']])
})

test('the first spans that an exporter has done with before it failed are not sent again', async () => {
  const results: ExportResult[] = [{ ...RETRY, settled: 2 }, { ...RETRY, settled: 1 }, ACKED]
  const exporter = new ScriptedExporter(() => results.shift())
  const harness = new LaneHarness(exporter)
  harness.offer('a', 'b', 'c', 'd')
  for (let attempt = 0; attempt < 3; attempt++) await harness.wait(3 * MAX_JITTER_MS)
  assert.deepEqual(exporter.requests, [['a', 'b', 'c', 'd'], ['c', 'd'], ['d']])
  assert.deepEqual([harness.outcome, harness.settled, harness.lane.heldBytes], [{ sent: 3, acked: 1 }, ['a'], 0])
})

test('a batch that failed after its last span is done with', async () => {
  const exporter = new ScriptedExporter(() => ({ ...RETRY, settled: 2 }))
  const harness = new LaneHarness(exporter)
  harness.offer('a', 'b')
  await harness.pump()
  assert.deepEqual([harness.outcome, harness.settled], [{ sent: 2 }, ['a']])
})

const verdicts: readonly { readonly result: ExportResult; readonly outcome: object; readonly line?: RegExp }[] = [
  { result: { outcome: 'sent' }, outcome: { sent: 3 } },
  {
    result: { outcome: 'sent', tooLarge: 1, message: 'no room' },
    outcome: { sent: 2, too_large: 1 },
    line: /1 span lost: no room/,
  },
  {
    result: { outcome: 'acked', rejected: 2, message: 'odd' },
    outcome: { acked: 1, rejected: 2 },
    line: /2 spans lost: odd/,
  },
  {
    result: { outcome: 'acked', rejected: 2, tooLarge: 5 },
    outcome: { too_large: 3 },
    line: /3 spans lost: no reason given/,
  },
  { result: { outcome: 'acked', message: 'deprecated' }, outcome: { acked: 3 }, line: /^warn otlp: deprecated$/ },
  { result: { outcome: 'rejected', message: '401' }, outcome: { rejected: 3 }, line: /3 spans lost: 401/ },
]
for (const { result, outcome, line } of verdicts) {
  test(`${JSON.stringify(result)} for three spans counts ${JSON.stringify(outcome)}`, async () => {
    const harness = new LaneHarness(new ScriptedExporter(() => result))
    harness.offer('a', 'b', 'c')
    await harness.pump()
    assert.deepEqual([harness.outcome, harness.settled, harness.progress], [outcome, ['a'], 1])
    if (line === undefined) assert.deepEqual(harness.lines, [])
    else assert.match(harness.lines[0]!, line)
  })
}

test('a batch that is too large is halved down to the span at fault, which is named', async () => {
  const exporter = new ScriptedExporter(names =>
    names.includes('huge') ? { outcome: 'too_large', message: '413' } : ACKED,
  )
  const harness = new LaneHarness(exporter)
  harness.offer('a', 'b', 'c', 'd', 'huge', 'e', 'f')
  await harness.pump()
  assert.deepEqual([harness.outcome, harness.settled, harness.lane.heldBytes], [{ acked: 6, too_large: 1 }, ['a'], 0])
  assert.deepEqual(harness.lines, ['warn otlp: 1 span lost: span "huge" is too large: 413'])
  const acknowledged = exporter.requests.filter(names => !names.includes('huge'))
  assert.deepEqual(acknowledged.flat(), ['a', 'b', 'c', 'd', 'e', 'f'], 'in order, each once')
  assert.equal(exporter.requests.length, 7)
})

test('the oldest batch that is not under way can be evicted', async () => {
  const exporter = new ScriptedExporter()
  const harness = new LaneHarness(exporter)
  assert.equal(harness.lane.evictOldest(), false)
  offerEach(harness, 10)
  await harness.pump()
  assert.equal(harness.lane.evictOldest(), true)
  assert.deepEqual([harness.outcome, harness.settled], [{ pending: 9, evicted: 1 }, ['8']])
  assert.equal(harness.lane.heldBytes, namedSpans(...'012345679').length)
})

test('at exit a pause that runs is cut short, and the next ones are 200 ms at most', async t => {
  t.mock.method(Math, 'random', () => 0.999)
  const exporter = new ScriptedExporter(() => RETRY)
  const retry = { ...POLICY.retry, maxElapsedMs: 1_000_000 }
  const harness = new LaneHarness(exporter, { retry })
  harness.offer('a')
  for (let failure = 0; failure < 6; failure++) await harness.wait(30_000)
  harness.lane.hurry()
  await harness.pump()
  assert.equal(exporter.requests.length, 7)
  assert.equal(harness.lane.isStuckUntil(harness.nowMs + 199), true)
  assert.equal(harness.lane.isStuckUntil(harness.nowMs + 200), false)
  await harness.wait(200)
  assert.equal(exporter.requests.length, 8)
})

test('once closed it sends nothing more, and tells the exporter to give up what is under way', async () => {
  const exporter = new ScriptedExporter()
  const harness = new LaneHarness(exporter)
  offerEach(harness, 9)
  await harness.pump()
  await harness.lane.close()
  assert.ok(exporter.open.every(({ signal }) => signal.aborted))
  await exporter.answer(RETRY)
  await exporter.answer(ACKED)
  await harness.wait(MAX_JITTER_MS)
  assert.deepEqual([exporter.requests.length, exporter.closed], [8, 1])
  assert.deepEqual([harness.outcome, harness.lines], [{ acked: 1, pending: 8 }, []])
})

test('an exporter that cannot be closed is remarked upon', async () => {
  const exporter = Object.assign(new ScriptedExporter(), { close: () => Promise.reject(new Error('file is gone')) })
  const harness = new LaneHarness(exporter)
  await harness.lane.close()
  assert.deepEqual(harness.lines, ['warn otlp: could not be closed: file is gone'])
})
