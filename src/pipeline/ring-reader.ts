import type { Control } from './control.ts'
import { Segment } from './segment.ts'

/** Copies the records between `start` and `end` away and answers how many there were. */
export type RecordTaker = (bytes: Uint8Array, start: number, end: number) => number

/**
 * The consumer's end of the ring. Where it stands is in shared memory, so that another reader can go on where one died.
 * `receive` hands over segments that have been announced and not been picked up yet.
 */
export class RingReader {
  private readonly control: Control
  private readonly segments = new Map<number, Segment>()
  private readonly receive: () => void

  constructor(control: Control, memories: readonly ArrayBufferLike[], receive: () => void) {
    this.control = control
    this.receive = receive
    for (const memory of memories) this.add(memory)
  }

  add(memory: ArrayBufferLike): void {
    const segment = new Segment(memory)
    this.segments.set(segment.id, segment)
  }

  forget(id: number): void {
    this.segments.delete(id)
  }

  /** Hands everything that has been published to `take`. */
  read(take: RecordTaker): void {
    let segment = this.find(this.control.currentSegment)
    while (segment !== undefined) {
      const { sealed } = segment
      const { committed, taken } = segment
      if (taken < committed) {
        const records = take(segment.target.bytes, taken, committed)
        segment.take(committed)
        this.control.addTakenRecords(records)
      }
      if (!sealed) return
      const next = this.find(segment.nextId)
      if (next === undefined) return
      this.control.currentSegment = next.id
      segment.release()
      segment = next
    }
  }

  private find(id: number): Segment | undefined {
    if (!this.segments.has(id)) this.receive()
    return this.segments.get(id)
  }
}
