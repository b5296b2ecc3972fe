import { toZipkinSpan } from '../../src/exporters/zipkin-span.ts'
import { recordedBatch } from './recorded.ts'
import type { Texts } from './spans.ts'

export function create(texts: Texts): () => Uint8Array {
  const batch = recordedBatch(texts)
  return () => Buffer.from(JSON.stringify(Array.from(batch.spans(), span => toZipkinSpan(span, batch))))
}
