import { toZipkinSpan } from '../../src/exporters/zipkin-span.ts'
import { recordedBatch } from './recorded.ts'

export function create(): () => Uint8Array {
  const batch = recordedBatch()
  return () => Buffer.from(JSON.stringify(Array.from(batch.spans(), span => toZipkinSpan(span, batch))))
}
