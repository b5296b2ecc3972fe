import { readSpans } from '../otlp/read.ts'
import { encodeRequest, encodeRequestInPlace } from '../otlp/request.ts'
import type { RequestFrame } from '../otlp/request-frame.ts'
import type { SpanBatch, SpanView, ViewAttributes } from '../types/exporter.ts'

/** What all batches of one set-up have in common. */
export interface BatchFrame {
  readonly request: RequestFrame
  readonly resource: ViewAttributes
  readonly scope: { readonly name: string; readonly version: string }
}

/** Records that were copied out of the ring together. All exporters share it; it is settled when each is done with it. */
export class Batch {
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly count: number
  /** Whether nobody can be reading the bytes once it is settled: an exporter that was given up may not have noticed. */
  reusable = true
  private users = 0
  private readonly onSettled: (batch: Batch) => void

  constructor(bytes: Uint8Array<ArrayBuffer>, count: number, onSettled: (batch: Batch) => void) {
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

  /** As `request`, without a copy where there is room in front of the bytes; as valid as they are, and not to be written. */
  requestView(): Uint8Array {
    const inPlace = this.bytes === this.batch.bytes && encodeRequestInPlace(this.frame.request, this.batch.bytes)
    return inPlace || this.request()
  }

  /** An exporter has not answered in time and may still read the bytes. */
  markAbandoned(): void {
    this.batch.reusable = false
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
  let scale = 1
  while (bytes[position]! >= 0x80) {
    length += (bytes[position++]! & 0x7f) * scale
    scale *= 0x80
  }
  return position + 1 + length + bytes[position]! * scale
}

function skipRecords(bytes: Uint8Array, count: number): number {
  let position = 0
  for (let i = 0; i < count; i++) position = recordEnd(bytes, position)
  return position
}

/** A whole request of `batch`, without a copy if it is one of the pipeline's own; valid until `export` settles. */
export function requestView(batch: SpanBatch): Uint8Array {
  return batch instanceof Parcel ? batch.requestView() : batch.request()
}
