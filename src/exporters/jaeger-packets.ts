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
const HEAD_BYTES = 4_096

/** One datagram: a call of the agent's `emitBatch`. */
export interface Packet {
  /** To be sent one behind the other; valid until the next packet is asked for. */
  readonly parts: readonly Uint8Array[]
  readonly byteCount: number
  /** Position in the batch of the span behind its last one. */
  readonly end: number
}

/** What could not go as it was. */
export interface PackingLosses {
  /** Spans that do not fit a packet of their own, by their position in the batch. */
  readonly dropped: { readonly index: number; readonly name: string }[]
  /** Name of the first span that fits only because its largest values were cut. */
  cut: string | undefined
}

/**
 * Encodes the spans of `batch` from the one at `from` on, each once, and lays as many of them into each packet as fit
 * `maxPacketBytes`, the head included. Each packet is made when it is asked for: to encode a whole batch takes a while in which
 * the export thread would show no sign of life.
 */
export function* packBatch(
  batch: Pick<SpanBatch, 'spans' | 'resource' | 'scope'>,
  from: number,
  createWriter: (capacity: number) => ThriftWriter,
  maxPacketBytes: number,
  losses: PackingLosses,
): Generator<Packet, void> {
  const head = new PacketHead(toJaegerProcess(batch.resource), createWriter, maxPacketBytes)
  const roomForOne = maxPacketBytes - head.size(1)
  const writer = createWriter(2 * maxPacketBytes)
  const { out } = writer
  let count = 0
  let end = from
  for (const [index, view] of entries(batch.spans())) {
    if (index < from) continue
    const start = out.position
    const outcome = writeWithin(writer, toJaegerSpan(view, batch.scope), roomForOne)
    if (outcome === 'cut') losses.cut ??= view.name
    if (outcome === 'too large') {
      losses.dropped.push({ index, name: view.name })
      continue
    }
    if (head.size(count + 1) + out.position > maxPacketBytes) {
      yield packetOf(head.encode(count), out.slice(0, start), end)
      out.dropFirst(start)
      count = 0
    }
    count++
    end = index + 1
  }
  if (count > 0) yield packetOf(head.encode(count), out.slice(), end)
}

function* entries<T>(values: Iterable<T>): Generator<readonly [number, T], void> {
  let index = 0
  for (const value of values) yield [index++, value]
}

function packetOf(head: Uint8Array, spans: Uint8Array, end: number): Packet {
  return { parts: [head, spans, TAIL], byteCount: head.length + spans.length + TAIL.length, end }
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
