import { readSpans } from '../otlp/read.ts'
import { encodeRequest, type RequestFrame } from '../otlp/request.ts'
import type { SpanBatch, SpanView, ViewAttributes } from '../types/exporter.ts'

/** What all batches of one set-up have in common. */
export interface BatchFrame {
  readonly request: RequestFrame
  readonly resource: ViewAttributes
  readonly scope: { readonly name: string; readonly version: string }
}

/** Records that were copied out of the ring together. All exporters share it; it is settled when each is done with it. */
export class Batch {
  readonly bytes: Uint8Array
  readonly count: number
  private users = 0
  private readonly onSettled: (batch: Batch) => void

  constructor(bytes: Uint8Array, count: number, onSettled: (batch: Batch) => void) {
    this.bytes = bytes
    this.count = count
    this.onSettled = onSettled
  }

  retain(): void {
    this.users++
  }

  release(): void {
    if (--this.users === 0) this.onSettled(this)
  }
}

/** One exporter's share of a batch: all of it at first, less after a part is settled or the batch is halved. */
export class Parcel implements SpanBatch {
  readonly bytes: Uint8Array
  readonly count: number
  readonly resource: ViewAttributes
  readonly scope: { readonly name: string; readonly version: string }
  attempts = 0
  /** When it was first tried, on the clock of the lane. */
  firstAttemptMs = 0
  private readonly batch: Batch
  private readonly frame: BatchFrame

  constructor(batch: Batch, frame: BatchFrame, bytes: Uint8Array = batch.bytes, count: number = batch.count) {
    this.batch = batch
    this.frame = frame
    this.bytes = bytes
    this.count = count
    this.resource = frame.resource
    this.scope = frame.scope
    batch.retain()
  }

  request(): Uint8Array {
    return encodeRequest(this.frame.request, this.bytes)
  }

  spans(): IterableIterator<SpanView> {
    return readSpans(this.bytes)
  }

  /** The first `count` spans and the rest, in place of this parcel. */
  split(count: number): [Parcel, Parcel] {
    const cut = skipRecords(this.bytes, count)
    const first = this.part(this.bytes.subarray(0, cut), count)
    const rest = this.part(this.bytes.subarray(cut), this.count - count)
    this.release()
    return [first, rest]
  }

  release(): void {
    this.batch.release()
  }

  private part(bytes: Uint8Array, count: number): Parcel {
    const part = new Parcel(this.batch, this.frame, bytes, count)
    part.attempts = this.attempts
    part.firstAttemptMs = this.firstAttemptMs
    return part
  }
}

/** Where the record that starts at `at` ends: one tag byte, a varint length, the span. */
export function recordEnd(bytes: Uint8Array, at: number): number {
  let position = at + 1
  let length = 0
  for (let scale = 1; ; scale *= 0x80) {
    const byte = bytes[position++]!
    length += (byte & 0x7f) * scale
    if (byte < 0x80) return position + length
  }
}

function skipRecords(bytes: Uint8Array, count: number): number {
  let position = 0
  for (let i = 0; i < count; i++) position = recordEnd(bytes, position)
  return position
}
