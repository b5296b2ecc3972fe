import { encodeRequest } from '../../src/otlp/request.ts'
import { record } from './recorded.ts'
import type { Texts } from './spans.ts'

/** What `end()` writes of each span, and the frame that the export thread puts around them. */
export function create(texts: Texts): () => Uint8Array {
  const { frame, encodeSpans } = record(texts)
  return () => encodeRequest(frame, encodeSpans())
}
