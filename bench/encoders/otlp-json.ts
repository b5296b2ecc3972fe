import { requestToJson } from '../../src/otlp/json.ts'
import { recordedBatch } from './recorded.ts'

/** OTLP over HTTP in JSON, and the file exporter. */
export function create(): () => Uint8Array {
  const batch = recordedBatch()
  return () => Buffer.from(requestToJson(batch.request()))
}
