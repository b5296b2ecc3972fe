import { recordEnd } from './batch.ts'
import { BatchBuffers } from './batch-buffers.ts'

/** A batch that fills its buffer so far is handed on as it is. */
const FULL_SHARE = 7 / 8

type EmitBatch = (bytes: Uint8Array<ArrayBuffer>, count: number) => void

/** Collects records into batches of at most `maxBatchBytes`; one record may exceed it and is then a batch of its own. */
export class Batcher {
  private readonly maxBatchBytes: number
  private readonly emit: EmitBatch
  private readonly buffers: BatchBuffers
  private buffer: Uint8Array<ArrayBuffer> | undefined
  private length = 0
  private records = 0
  private openedMs = 0

  constructor(maxBatchBytes: number, emit: EmitBatch, buffers: BatchBuffers = new BatchBuffers(0)) {
    this.maxBatchBytes = maxBatchBytes
    this.emit = emit
    this.buffers = buffers
  }

  /** Copies the records between `start` and `end` and answers how many there were. */
  append(source: Uint8Array, start: number, end: number, nowMs: number): number {
    let records = 0
    let from = start
    let at = start
    while (at < end) {
      const next = recordEnd(source, at)
      if (this.length + next - from > this.maxBatchBytes && this.length + at - from > 0) {
        this.copy(source, from, at, nowMs)
        this.seal()
        from = at
      }
      at = next
      this.records++
      records++
    }
    this.copy(source, from, end, nowMs)
    return records
  }

  /** When the oldest record of the open batch was copied; undefined while there is none. */
  get oldestMs(): number | undefined {
    return this.length === 0 ? undefined : this.openedMs
  }

  /** Closes the open batch, if it holds anything. One that is not full is copied, so that what waits holds little more. */
  seal(): void {
    const { buffer, length, records } = this
    if (buffer === undefined || length === 0) return
    const full = length >= buffer.length * FULL_SHARE
    const bytes = (full ? buffer : this.buffers.take(length)).subarray(0, length)
    if (full) this.buffer = undefined
    else bytes.set(buffer.subarray(0, length))
    this.length = 0
    this.records = 0
    this.emit(bytes, records)
  }

  private copy(source: Uint8Array, start: number, end: number, nowMs: number): void {
    const size = end - start
    if (size === 0) return
    if (this.length === 0) this.openedMs = nowMs
    this.bufferFor(size).set(source.subarray(start, end), this.length)
    this.length += size
  }

  /** A batch has room for `maxBatchBytes`, but for the one record that is larger. */
  private bufferFor(size: number): Uint8Array {
    if (this.buffer === undefined || this.buffer.length < this.length + size) {
      this.buffer = this.buffers.take(Math.max(size, this.maxBatchBytes))
    }
    return this.buffer
  }
}
