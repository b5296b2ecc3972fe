import { requestToJson } from '../../src/otlp/json.ts'
import { recordedBatch } from './recorded.ts'
import type { Texts } from './spans.ts'

/** OTLP over HTTP in JSON, and the file exporter. */
export function create(texts: Texts): () => Uint8Array {
  const batch = recordedBatch(texts)
  return () => Buffer.from(requestToJson(batch.request()))
}
