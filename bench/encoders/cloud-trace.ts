import { createCloudTraceMapper } from '../../src/exporters/cloud-trace-span.ts'
import { recordedBatch } from './recorded.ts'
import type { Texts } from './spans.ts'

export function create(texts: Texts): () => Uint8Array {
  const batch = recordedBatch(texts)
  const toSpan = createCloudTraceMapper('bench', batch)
  return () => Buffer.from(JSON.stringify({ spans: Array.from(batch.spans(), toSpan) }))
}
