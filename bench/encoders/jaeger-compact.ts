import { ThriftCompactWriter } from '../../src/wire/thrift-compact-writer.ts'
import { jaegerEncoder } from './jaeger-datagrams.ts'
import type { Texts } from './spans.ts'

/** What goes to Jaeger where nothing else is said. */
export function create(texts: Texts): () => readonly Uint8Array[] {
  return jaegerEncoder(texts, capacity => new ThriftCompactWriter(capacity))
}
