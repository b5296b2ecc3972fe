import { createCloudTraceMapper } from '../../src/exporters/cloud-trace-span.ts'
import { recordedBatch } from './recorded.ts'

export function create(): () => Uint8Array {
  const batch = recordedBatch()
  const toSpan = createCloudTraceMapper('bench', batch)
  return () => Buffer.from(JSON.stringify({ spans: Array.from(batch.spans(), toSpan) }))
}
