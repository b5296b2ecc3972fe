import { type ByteTarget, byteTarget } from '../wire/protobuf-writer.ts'

/**
 * A segment is one stretch of the ring: a header of 64 bytes, then records end to end. A record is a `ScopeSpans.spans` field
 * as it goes on the wire (0x12, length, Span), so that the reader copies whole stretches and never looks into a span.
 */
export const HEADER_BYTES = 64
/** Small enough that one preallocated segment costs little, large enough that rotation is rare: about 700 spans. */
export const SEGMENT_BYTES: number = 256 * 1024

/** Words of the header. */
const COMMIT = 0
const STATE = 1
const NEXT = 2
const ID = 3
const TAKEN = 4

const OPEN = 0
const SEALED = 1
const FREE = 2

/**
 * Written by the producer: records, then `committed`; the next segment's id, then sealed. Written by the consumer: `taken`, and
 * free once it is sealed and copied out. Sealed implies a final `committed`, so the consumer loads it first.
 */
export class Segment {
  readonly id: number
  readonly memory: ArrayBufferLike
  readonly size: number
  readonly target: ByteTarget
  private readonly words: Int32Array

  constructor(memory: ArrayBufferLike) {
    this.memory = memory
    this.size = memory.byteLength
    this.target = byteTarget(memory)
    this.words = new Int32Array(memory, 0, HEADER_BYTES / 4)
    this.id = this.words[ID]!
  }

  /** Empties the segment for new records. Only for its producer, while nobody reads it. */
  reset(): void {
    this.words[NEXT] = 0
    Atomics.store(this.words, TAKEN, HEADER_BYTES)
    Atomics.store(this.words, COMMIT, HEADER_BYTES)
    Atomics.store(this.words, STATE, OPEN)
  }

  /** Publishes the records before `end`. */
  commit(end: number): void {
    Atomics.store(this.words, COMMIT, end)
  }

  seal(nextId: number): void {
    this.words[NEXT] = nextId
    Atomics.store(this.words, STATE, SEALED)
  }

  get sealed(): boolean {
    return Atomics.load(this.words, STATE) === SEALED
  }

  get free(): boolean {
    return Atomics.load(this.words, STATE) === FREE
  }

  get committed(): number {
    return Atomics.load(this.words, COMMIT)
  }

  /** Up to where the consumer has copied; kept here so that another consumer can go on. */
  get taken(): number {
    return Atomics.load(this.words, TAKEN)
  }

  take(end: number): void {
    Atomics.store(this.words, TAKEN, end)
  }

  get nextId(): number {
    return this.words[NEXT]!
  }

  release(): void {
    Atomics.store(this.words, STATE, FREE)
  }
}

/** A segment in fresh memory. */
export function createSegment(id: number, size: number, shared: boolean): Segment {
  const memory = shared ? new SharedArrayBuffer(size) : new ArrayBuffer(size)
  new Int32Array(memory)[ID] = id
  const segment = new Segment(memory)
  segment.reset()
  return segment
}
