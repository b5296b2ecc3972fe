/** Slabs are at least this large and are a multiple of it, so that a page is never shared. */
const STEP_BYTES = 64 * 1024
/** What may lie unused; one slab may exceed it. */
const MAX_FREE_BYTES = 4 * 1024 * 1024
/** A batch is not begun in less of a slab than this share of a whole batch: it would soon be full and sent by itself. */
const MIN_SHARE = 1 / 8

interface Slab {
  readonly memory: Uint8Array<ArrayBuffer>
  /** Batches that lie in it and are not settled, the one being filled among them. */
  batches: number
  usedBytes: number
  /** Whether somebody may go on reading it after its batches are settled. */
  isSpoiled: boolean
}

/**
 * Memory of batches: slabs of one size, in which batches lie one behind the other, and which are used again when all of them are
 * settled. Buffers lie outside of the heap, where garbage is collected so late that 50 MB of it were seen to pile up; buffers
 * of as many sizes as there are batches become garbage whenever the rate of spans changes. In front of every batch there is room
 * for the head of its request.
 */
export class BatchMemory {
  private readonly maxBatchBytes: number
  private readonly headBytes: number
  private readonly slabBytes: number
  private readonly inUse = new Map<ArrayBuffer, Slab>()
  private readonly free: Slab[] = []
  private current: Slab | undefined

  constructor(maxBatchBytes: number, headBytes: number) {
    this.maxBatchBytes = maxBatchBytes
    this.headBytes = headBytes
    this.slabBytes = roundUp(headBytes + maxBatchBytes)
  }

  /** Room for a batch that begins with `length` bytes: at least these, and at most a whole batch if they are no more. */
  open(length: number): Uint8Array<ArrayBuffer> {
    const slab = this.slabFor(length)
    slab.batches++
    const start = slab.usedBytes + this.headBytes
    return slab.memory.subarray(start, start + Math.max(length, this.maxBatchBytes))
  }

  /** Leaves what lies behind `bytes`, the start of the room that was last opened, to the next batch. */
  close(bytes: Uint8Array<ArrayBuffer>): void {
    this.inUse.get(bytes.buffer)!.usedBytes = bytes.byteOffset + bytes.length
  }

  /** A batch is settled. `reusable`: nobody can be reading it any more. */
  giveBack(bytes: Uint8Array<ArrayBuffer>, reusable: boolean): void {
    const slab = this.inUse.get(bytes.buffer)!
    if (!reusable) slab.isSpoiled = true
    slab.batches--
    if (slab === this.current && this.isUsual(slab)) {
      if (slab.batches === 0) slab.usedBytes = 0
      return
    }
    if (slab === this.current) this.current = undefined
    this.release(slab)
  }

  private slabFor(length: number): Slab {
    const { current } = this
    const neededBytes = this.headBytes + Math.max(length, this.maxBatchBytes * MIN_SHARE)
    if (current !== undefined && current.usedBytes + neededBytes <= current.memory.length) return current
    const next = this.takeFree(neededBytes) ?? createSlab(Math.max(this.slabBytes, roundUp(neededBytes)))
    this.inUse.set(next.memory.buffer, next)
    this.current = next
    if (current !== undefined) this.release(current)
    return next
  }

  private takeFree(neededBytes: number): Slab | undefined {
    return neededBytes <= this.slabBytes ? this.free.pop() : undefined
  }

  private release(slab: Slab): void {
    if (slab.batches > 0) return
    this.inUse.delete(slab.memory.buffer)
    const maxFree = Math.max(1, Math.floor(MAX_FREE_BYTES / this.slabBytes))
    if (!this.isUsual(slab) || this.free.length >= maxFree) return
    slab.usedBytes = 0
    this.free.push(slab)
  }

  private isUsual(slab: Slab): boolean {
    return !slab.isSpoiled && slab.memory.length === this.slabBytes
  }
}

function createSlab(size: number): Slab {
  return { memory: new Uint8Array(size), batches: 0, usedBytes: 0, isSpoiled: false }
}

function roundUp(bytes: number): number {
  return Math.ceil(bytes / STEP_BYTES) * STEP_BYTES
}
