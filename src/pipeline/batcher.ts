import { recordEnd } from './batch.ts'

/** Collects records into batches of at most `maxBatchBytes`; one record may exceed it and is then a batch of its own. */
export class Batcher {
  private readonly maxBatchBytes: number
  private readonly emit: (bytes: Uint8Array, count: number) => void
  private buffer: Uint8Array
  private length = 0
  private records = 0
  private openedMs = 0

  constructor(maxBatchBytes: number, emit: (bytes: Uint8Array, count: number) => void) {
    this.maxBatchBytes = maxBatchBytes
    this.emit = emit
    this.buffer = new Uint8Array(0)
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

  /** Bytes in the open batch. */
  get openBytes(): number {
    return this.length
  }

  /** Closes the open batch, if it holds anything. A small one is copied, so that what waits holds no more than its bytes. */
  seal(): void {
    if (this.length === 0) return
    const full = this.length > this.buffer.length / 2
    const bytes = full ? this.buffer.subarray(0, this.length) : this.buffer.slice(0, this.length)
    const { records } = this
    if (full) this.buffer = new Uint8Array(0)
    this.length = 0
    this.records = 0
    this.emit(bytes, records)
  }

  private copy(source: Uint8Array, start: number, end: number, nowMs: number): void {
    const size = end - start
    if (size === 0) return
    if (this.length === 0) this.openedMs = nowMs
    if (this.buffer.length < this.length + size) this.grow(this.length + size)
    this.buffer.set(source.subarray(start, end), this.length)
    this.length += size
  }

  private grow(needed: number): void {
    const larger = new Uint8Array(Math.max(needed, Math.min(this.maxBatchBytes, needed * 2)))
    larger.set(this.buffer.subarray(0, this.length))
    this.buffer = larger
  }
}
