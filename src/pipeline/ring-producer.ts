import { ProtobufWriter } from '../wire/protobuf-writer.ts'
import type { Control } from './control.ts'
import type { ProducerDrops } from './ledger.ts'
import { createSegment, HEADER_BYTES, SEGMENT_BYTES, type Segment } from './segment.ts'

/** How the consumer learns of what is not in shared memory. */
export interface ConsumerLink {
  addSegment(memory: ArrayBufferLike): void
  retireSegment(id: number): void
  wake(): void
}

/**
 * What is sealed before the doorbell rings: each ring costs 11 to 16 µs here and has the export thread take memory bandwidth, while a
 * burst that is not taken away needs fresh memory. The export thread looks by itself every 50 to 100 ms.
 */
const MAX_SEALED_BYTES = 4 * 1024 * 1024
/** Of the budget, where that is small. */
const MAX_SEALED_PART = 1 / 8
/** Free segments beyond these 8 MiB are given back to the system. */
const MAX_FREE_SEGMENTS = 32

/**
 * The caller's end of the ring. Spans are encoded straight into the current segment; the bytes that are ended and not yet
 * settled are held against one budget, whose end is the only reason for `queue_full`. It never waits.
 */
export class RingProducer {
  readonly largeBytes: number = SEGMENT_BYTES / 2
  readonly dropped: ProducerDrops = { queue_full: 0, too_large: 0, closed: 0 }
  /** Records published so far. */
  records = 0
  private readonly control: Control
  private readonly link: ConsumerLink
  private readonly maxBytes: number
  private readonly shared: boolean
  private readonly writer: ProtobufWriter
  private readonly segments: Segment[]
  private current: Segment
  private nextId = 1
  /** Where the next record starts, and where the current segment ends; an end of 0 means closed. */
  private start = HEADER_BYTES
  private end: number
  private offeredBytes = 0
  private settledBytes = 0
  private readonly maxSealedBytes: number
  /** Since the doorbell rang. */
  private sealedBytes = 0

  constructor(control: Control, link: ConsumerLink, maxBytes: number, shared: boolean) {
    this.control = control
    this.link = link
    this.maxBytes = maxBytes
    this.maxSealedBytes = Math.min(MAX_SEALED_BYTES, maxBytes * MAX_SEALED_PART)
    this.shared = shared
    this.current = createSegment(0, SEGMENT_BYTES, shared)
    this.segments = [this.current]
    this.end = this.current.size
    this.writer = new ProtobufWriter(this.current.target)
  }

  /** The memory of every segment that is not free, for a consumer that starts or takes over. */
  get memories(): ArrayBufferLike[] {
    return this.segments.map(segment => segment.memory)
  }

  /** Records that no consumer has copied out yet. */
  get waitingRecords(): number {
    return this.records - this.control.takenRecords
  }

  /** Bytes that a consumer has copied out and that are not settled: what is lost if it dies. */
  get heldBytes(): number {
    let waiting = 0
    for (const segment of this.segments) if (!segment.free) waiting += segment.committed - segment.taken
    return this.offeredBytes - this.control.settledBytes - waiting
  }

  reserve(bound: number): ProtobufWriter | undefined {
    if (this.start + bound > this.end && !this.makeRoom(bound)) return undefined
    this.writer.position = this.start
    return this.writer
  }

  commit(): void {
    const end = this.writer.position
    const length = end - this.start
    if (this.offeredBytes + length - this.settledBytes > this.maxBytes && !this.hasBudget(length)) {
      this.dropped.queue_full++
      return
    }
    // First, since all else cannot fail: near the end of the stack a call may.
    this.current.commit(end)
    this.offeredBytes += length
    this.records++
    this.start = end
  }

  refuse(): void {
    this.dropped.too_large++
  }

  /** Spans that end from now on are dropped and counted as closed. */
  close(): void {
    this.end = 0
  }

  private makeRoom(bound: number): boolean {
    if (this.end === 0) this.dropped.closed++
    else if (bound > this.maxBytes) this.dropped.too_large++
    // The bound of a large record is near its size, and it may get memory of its own.
    else if (!this.hasBudget(bound > this.largeBytes ? bound : 1)) this.dropped.queue_full++
    else {
      this.rotate(HEADER_BYTES + bound)
      return true
    }
    return false
  }

  private hasBudget(bytes: number): boolean {
    this.settledBytes = this.control.settledBytes
    return this.offeredBytes + bytes - this.settledBytes <= this.maxBytes
  }

  private rotate(neededBytes: number): void {
    const full = this.current
    const next = this.takeFree(neededBytes) ?? this.allocate(neededBytes)
    full.seal(next.id)
    this.sealedBytes += this.start
    this.current = next
    this.start = HEADER_BYTES
    this.end = next.size
    this.writer.aim(next.target, HEADER_BYTES)
    if (this.sealedBytes >= this.maxSealedBytes && this.control.claimWake()) {
      this.sealedBytes = 0
      this.link.wake()
    }
  }

  /** A record over half a segment gets one of its own size. */
  private allocate(neededBytes: number): Segment {
    const size = neededBytes > this.largeBytes ? Math.max(neededBytes, SEGMENT_BYTES) : SEGMENT_BYTES
    const segment = createSegment(this.nextId++, Math.ceil(size / 8) * 8, this.shared)
    this.segments.push(segment)
    this.link.addSegment(segment.memory)
    return segment
  }

  private takeFree(neededBytes: number): Segment | undefined {
    const free = this.segments.filter(segment => segment.free)
    const usable = free.find(segment => segment.size >= neededBytes && segment.size === SEGMENT_BYTES)
    usable?.reset()
    let spare = 0
    for (const segment of free) {
      if (segment !== usable && (segment.size !== SEGMENT_BYTES || ++spare > MAX_FREE_SEGMENTS)) this.retire(segment)
    }
    return usable
  }

  private retire(segment: Segment): void {
    this.segments.splice(this.segments.indexOf(segment), 1)
    this.link.retireSegment(segment.id)
  }
}
