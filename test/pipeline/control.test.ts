import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Worker } from 'node:worker_threads'
import { Control, createControl } from '../../src/pipeline/control.ts'

test('another view of the same memory sees every word, and the counters lie apart from them', () => {
  const control = createControl(3, true)
  const other = new Control(control.memory)
  control.markReady()
  control.beat()
  control.currentSegment = 12
  control.addSettledBytes(2 ** 33)
  control.addTakenRecords(5)
  assert.deepEqual(
    [other.ready, other.heartbeat, other.currentSegment, other.settledBytes, other.takenRecords, other.counters],
    [true, 1, 12, 2 ** 33, 5, new BigInt64Array(3)],
  )
  other.counters.fill(-1n)
  assert.deepEqual([control.settledBytes, control.takenRecords, control.currentSegment], [2 ** 33, 5, 12])
  control.forgetConsumer()
  assert.equal(other.ready, false)
})

test('one call in a sleep is to wake the sleeper', () => {
  const control = createControl(0, true)
  assert.equal(control.claimWake(), false)
  control.fallAsleep()
  assert.deepEqual([control.claimWake(), control.claimWake()], [true, false])
  control.fallAsleep()
  control.wakeUp()
  assert.equal(control.claimWake(), false)
})

test('a wait ends at its timeout, and at once where the call has come before it', () => {
  const control = createControl(0, true)
  const { calls } = control
  control.markDrained(1)
  control.waitForCall(calls, 60_000)
  assert.deepEqual([control.isDrained(1), control.isDrained(2), control.calls], [true, false, calls + 1])
  const startMs = performance.now()
  control.waitForCall(control.calls, 20)
  assert.ok(performance.now() - startMs >= 19)
})

test('a wait ends with the call of another thread', async () => {
  const control = createControl(0, true)
  const source = `
    const { workerData } = require('node:worker_threads')
    const words = new Int32Array(workerData)
    setTimeout(() => { Atomics.store(words, 2, 9); Atomics.add(words, 5, 1); Atomics.notify(words, 5) }, 20)`
  const worker = new Worker(source, { eval: true, workerData: control.memory })
  control.waitForCall(control.calls, 10_000)
  assert.equal(control.isDrained(9), true)
  await worker.terminate()
})
