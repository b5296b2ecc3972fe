import { encodeRequest } from '../../src/otlp/request.ts'
import { record } from './recorded.ts'

/** What `end()` writes of each span, and the frame that the export thread puts around them. */
export function create(): () => Uint8Array {
  const { frame, encodeSpans } = record()
  return () => encodeRequest(frame, encodeSpans())
}
