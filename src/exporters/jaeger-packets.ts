import type { SpanBatch } from '../types/exporter.ts'
import type { ThriftWriter } from '../wire/thrift-writer.ts'
import { cutProcess, cutSpan } from './jaeger-cut.ts'
import { writeBatchHead, writeSpan } from './jaeger-encode.ts'
import { EMIT_BATCH, EMIT_BATCH_ARGS } from './jaeger-fields.ts'
import { type JaegerProcess, type JaegerSpan, toJaegerProcess, toJaegerSpan } from './jaeger-span.ts'

export const CUT_SPAN_TAG = 'span.truncated'
export const CUT_PROCESS_TAG = 'resource.truncated'

/** The ends of the batch and of the arguments, a stop byte each. */
const TAIL = Uint8Array.of(0, 0)
/** What a span grows by in Jaeger's encodings, for most; the memory grows with those that take more. */
const GROWTH = 2
const HEAD_BYTES = 4_096

/** One datagram: a call of the agent's `emitBatch`. */
export interface Packet {
  /** To be sent one behind the other. */
  readonly parts: readonly Uint8Array[]
  readonly byteCount: number
  /** Position in the batch of the span behind its last one. */
  readonly end: number
}

export interface Packing {
  readonly packets: readonly Packet[]
  /** Spans that do not fit a packet of their own. */
  readonly dropped: readonly { readonly index: number; readonly name: string }[]
  /** Name of the first span that fits only because its largest values were cut. */
  readonly cut: string | undefined
}

/** A span that was encoded. */
interface Piece {
  readonly index: number
  readonly start: number
  readonly end: number
}

/**
 * Encodes the spans of `batch` from the one at `from` on, each once, and lays as many of them into each packet as fit
 * `maxPacketBytes`, the head included.
 */
export function packBatch(
  batch: Pick<SpanBatch, 'spans' | 'resource' | 'scope' | 'bytes'>,
  from: number,
  createWriter: (capacity: number) => ThriftWriter,
  maxPacketBytes: number,
): Packing {
  const head = new PacketHead(toJaegerProcess(batch.resource), createWriter, maxPacketBytes)
  const out = createWriter(GROWTH * batch.bytes.length + HEAD_BYTES)
  const roomForOne = maxPacketBytes - head.size(1)
  const pieces: Piece[] = []
  const dropped: { index: number; name: string }[] = []
  let cut: string | undefined
  let index = 0
  for (const view of batch.spans()) {
    if (index >= from) {
      const start = out.out.position
      const outcome = writeWithin(out, toJaegerSpan(view, batch.scope), roomForOne)
      if (outcome === 'cut') cut ??= view.name
      if (outcome === 'too large') dropped.push({ index, name: view.name })
      else pieces.push({ index, start, end: out.out.position })
    }
    index++
  }
  const packets = Array.from(runs(pieces, head, maxPacketBytes), run => packetOf(run, head, out))
  return { packets, dropped, cut }
}

/** What stands before the spans in every packet. */
class PacketHead {
  private readonly process: JaegerProcess
  private readonly createWriter: (capacity: number) => ThriftWriter
  private readonly fixedSize: number
  private readonly ruler: ThriftWriter

  /** A process that takes more than half of a packet is cut. */
  constructor(process: JaegerProcess, createWriter: (capacity: number) => ThriftWriter, maxPacketBytes: number) {
    this.process = process
    this.createWriter = createWriter
    this.ruler = createWriter(0)
    const half = Math.floor(maxPacketBytes / 2)
    if (this.encode(0).length > half) {
      process.tags.set(CUT_PROCESS_TAG, true)
      const isCut = cutProcess(process, this.encode(0).length - half)
      if (!isCut) process.tags.clear()
      process.tags.set(CUT_PROCESS_TAG, true)
    }
    this.fixedSize = this.encode(0).length - this.ruler.listHeadSize(0) + TAIL.length
  }

  /** Of a packet of `count` spans, less the spans. */
  size(count: number): number {
    return this.fixedSize + this.ruler.listHeadSize(count)
  }

  encode(count: number): Uint8Array {
    const writer = this.createWriter(HEAD_BYTES)
    writer.oneway(EMIT_BATCH)
    writer.begin()
    writer.struct(EMIT_BATCH_ARGS.batch)
    writeBatchHead(writer, this.process, count)
    return writer.out.slice()
  }
}

/** Writes `span` in at most `room` bytes, or nothing. */
function writeWithin(writer: ThriftWriter, span: JaegerSpan, room: number): 'whole' | 'cut' | 'too large' {
  const { out } = writer
  const start = out.position
  const write = (): number => {
    out.position = start
    writeSpan(writer, span)
    return out.position - start
  }
  if (write() <= room) return 'whole'
  span.tags.set(CUT_SPAN_TAG, true)
  if (cutSpan(span, write() - room) && write() <= room) return 'cut'
  out.position = start
  return 'too large'
}

/** The pieces of each packet. */
function* runs(pieces: readonly Piece[], head: PacketHead, maxPacketBytes: number): Generator<readonly Piece[], void> {
  let run: Piece[] = []
  let bytes = 0
  for (const piece of pieces) {
    const size = piece.end - piece.start
    if (run.length > 0 && head.size(run.length + 1) + bytes + size > maxPacketBytes) {
      yield run
      run = []
      bytes = 0
    }
    run.push(piece)
    bytes += size
  }
  if (run.length > 0) yield run
}

/** Pieces that follow each other lie so in memory: one that was too large has left nothing. */
function packetOf(run: readonly Piece[], head: PacketHead, { out }: ThriftWriter): Packet {
  const last = run.at(-1)!
  const parts = [head.encode(run.length), out.slice(run[0]!.start, last.end), TAIL]
  return { parts, byteCount: parts.reduce((sum, { length }) => sum + length, 0), end: last.index + 1 }
}
