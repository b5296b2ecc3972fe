import { recordEnd } from './batch.ts'
import type { BatchMemory } from './batch-memory.ts'

type EmitBatch = (bytes: Uint8Array<ArrayBuffer>, count: number) => void

/** Collects records into batches as large as their memory allows; one record may exceed that and is then a batch of its own. */
export class Batcher {
  private readonly memory: BatchMemory
  private readonly emit: EmitBatch
  /** Where the open batch is written, as long as it may become. */
  private room: Uint8Array<ArrayBuffer> | undefined
  private length = 0
  private records = 0
  private openedMs = 0

  constructor(memory: BatchMemory, emit: EmitBatch) {
    this.memory = memory
    this.emit = emit
  }

  /** Copies the records between `start` and `end` and answers how many there were. */
  append(source: Uint8Array, start: number, end: number, nowMs: number): number {
    let records = 0
    let from = start
    for (let at = start; at < end; ) {
      const next = recordEnd(source, at)
      if (this.room !== undefined && this.length + next - from > this.room.length) {
        this.copy(source, from, at)
        this.seal()
        from = at
      }
      if (this.room === undefined) this.open(next - at, nowMs)
      this.records++
      records++
      at = next
    }
    this.copy(source, from, end)
    return records
  }

  /** When the oldest record of the open batch was copied; undefined while there is none. */
  get oldestMs(): number | undefined {
    return this.room === undefined ? undefined : this.openedMs
  }

  /** Closes the open batch, if there is one. */
  seal(): void {
    const { room, length, records } = this
    if (room === undefined) return
    const bytes = room.subarray(0, length)
    this.memory.close(bytes)
    this.room = undefined
    this.length = 0
    this.records = 0
    this.emit(bytes, records)
  }

  private open(length: number, nowMs: number): void {
    this.room = this.memory.open(length)
    this.openedMs = nowMs
  }

  private copy(source: Uint8Array, start: number, end: number): void {
    if (this.room === undefined) return
    this.room.set(source.subarray(start, end), this.length)
    this.length += end - start
  }
}
