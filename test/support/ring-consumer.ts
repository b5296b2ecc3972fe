/** The worker of the ring check: takes every record out, compares it with what was to come, and settles in lumps. */
import { type MessagePort, parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads'
import { Control } from '../../src/pipeline/control.ts'
import type { ToExportThread } from '../../src/pipeline/messages.ts'
import { RingReader } from '../../src/pipeline/ring-reader.ts'
import { ENDED, isOversized, matchRecord, type RingRun } from './ring-records.ts'

export interface RingConsumerData {
  readonly run: RingRun
  readonly control: SharedArrayBuffer
  readonly segments: readonly SharedArrayBuffer[]
  readonly port: MessagePort
}

export interface RingReport {
  /** Records taken, all of them as they should be. */
  readonly records: number
  readonly bytes: number
  /** Index of the first record that was not; -1 if there is none. */
  readonly firstWrong: number
  /** Looks that found the ring empty. */
  readonly idleLooks: number
}

/** Bytes that are kept unsettled, so that the producer meets the end of its budget. */
const HELD_SHARE = 3 / 4
/** Nobody notifies this word: waiting on it is a pause. */
const PAUSE = new Int32Array(new SharedArrayBuffer(4))

const { run, control: memory, segments, port } = workerData as RingConsumerData
const control = new Control(memory)
const reader = new RingReader(control, segments, receive)
const report = { records: 0, bytes: 0, firstWrong: -1, idleLooks: 0 }
let index = 0
let heldBytes = 0

control.markReady()
while (index < run.records && report.firstWrong < 0) {
  const before = index
  reader.read(take)
  settleAbove(index > before ? run.maxBytes * HELD_SHARE : 0)
  if (index > before) continue
  report.idleLooks++
  Atomics.wait(PAUSE, 0, 0, 1)
}
settleAbove(0)
control.markDrained(ENDED)
parentPort!.postMessage(report satisfies RingReport)
port.close()

function take(bytes: Uint8Array, start: number, end: number): number {
  const view = new DataView(bytes.buffer)
  const first = report.records
  for (let at = start; at < end && report.firstWrong < 0; ) {
    const recordEnd = matchRecord(bytes, view, at, run, index)
    if (recordEnd === undefined) report.firstWrong = index
    else at = recordEnd
    report.records++
    nextIndex()
  }
  report.bytes += end - start
  heldBytes += end - start
  return report.records - first
}

/** Those that no ring takes do not arrive. */
function nextIndex(): void {
  do index++
  while (index < run.records && isOversized(run, index))
}

function settleAbove(bytes: number): void {
  if (heldBytes <= bytes) return
  control.addSettledBytes(heldBytes)
  heldBytes = 0
}

function receive(): void {
  for (let next = receiveMessageOnPort(port); next !== undefined; next = receiveMessageOnPort(port)) {
    const message: ToExportThread = next.message
    if (!('kind' in message)) reader.add(message)
    else if (message.kind === 'retire') reader.forget(message.segment)
  }
}
