import { ThriftBinaryWriter } from '../../src/wire/thrift-binary-writer.ts'
import { jaegerEncoder } from './jaeger-datagrams.ts'
import type { Texts } from './spans.ts'

/** The protocol that jaeger-client speaks as well. */
export function create(texts: Texts): () => readonly Uint8Array[] {
  return jaegerEncoder(texts, capacity => new ThriftBinaryWriter(capacity))
}
