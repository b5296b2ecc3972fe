import { packBatch } from '../../src/exporters/jaeger-packets.ts'
import type { ThriftWriter } from '../../src/wire/thrift-writer.ts'
import { record } from './recorded.ts'
import type { Texts } from './spans.ts'

/** The default of `maxPacketBytes`, and jaeger-client's. */
const MAX_PACKET_BYTES = 65_000

/** What `end()` writes of each span, and the datagrams that the export thread makes of it. */
export function jaegerEncoder(
  texts: Texts,
  createWriter: (capacity: number) => ThriftWriter,
): () => readonly Uint8Array[] {
  const { encodeSpans, batchOf } = record(texts)
  return () => {
    const losses = { dropped: [], cut: undefined }
    const packets = packBatch(batchOf(encodeSpans()), 0, createWriter, MAX_PACKET_BYTES, losses)
    return Array.from(packets, ({ parts }) => Buffer.concat(parts))
  }
}
