import type { SpanBatch } from '../../src/types/exporter.ts'
import { byteTarget, ProtobufWriter } from '../../src/wire/protobuf-writer.ts'
import { varintSize } from '../../src/wire/varint.ts'

const SPANS = 0x12
const SPAN_NAME = 0x2a

/** A record as the ring carries it: a span that has nothing but a name, in ASCII. */
export function writeNamedSpan(out: ProtobufWriter, name: string): void {
  out.byte(SPANS)
  out.varint(1 + varintSize(name.length) + name.length)
  out.byte(SPAN_NAME)
  out.string(name)
}

export function namedSpanSize(name: string): number {
  const span = 1 + varintSize(name.length) + name.length
  return 1 + varintSize(span) + span
}

/** Such records end to end. */
export function namedSpans(...names: readonly string[]): Uint8Array<ArrayBuffer> {
  const bound = names.reduce((sum, name) => sum + namedSpanSize(name), 0)
  const bytes = new Uint8Array(bound)
  const out = new ProtobufWriter(byteTarget(bytes.buffer))
  for (const name of names) writeNamedSpan(out, name)
  return bytes
}

export function namesIn(batch: Pick<SpanBatch, 'spans'>): string[] {
  return Array.from(batch.spans(), span => span.name)
}
