/** Sizes are rounded up to this, so that few sizes serve all batches; what is smaller is not worth keeping. */
const STEP_BYTES = 64 * 1024
/** What may lie unused. */
const MAX_FREE_BYTES = 4 * 1024 * 1024

/**
 * Memory of batches, used again: buffers lie outside of the heap, where garbage is collected so late that 50 MB of it were seen
 * to pile up. In front of every batch there is room for the head of its request.
 */
export class BatchBuffers {
  private readonly headBytes: number
  private readonly free: Uint8Array<ArrayBuffer>[] = []
  private freeBytes = 0

  constructor(headBytes: number) {
    this.headBytes = headBytes
  }

  /** At least `length` bytes, of unknown content. */
  take(length: number): Uint8Array<ArrayBuffer> {
    const needed = this.headBytes + length
    const size = needed < STEP_BYTES ? needed : Math.ceil(needed / STEP_BYTES) * STEP_BYTES
    const index = this.free.findIndex(memory => memory.length === size)
    const memory = index < 0 ? new Uint8Array(size) : this.free.splice(index, 1)[0]!
    if (index >= 0) this.freeBytes -= size
    return memory.subarray(this.headBytes)
  }

  /** Takes back what was taken, or the start of it; nobody may read it any more. */
  giveBack(bytes: Uint8Array<ArrayBuffer>): void {
    const size = bytes.buffer.byteLength
    if (size < STEP_BYTES || this.freeBytes + size > MAX_FREE_BYTES) return
    this.free.push(new Uint8Array(bytes.buffer))
    this.freeBytes += size
  }
}
