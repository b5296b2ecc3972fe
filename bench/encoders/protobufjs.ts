import { OfficialRequest } from '../../test/support/official-otlp.ts'
import { recordedBatch } from './recorded.ts'
import type { Texts } from './spans.ts'

/** The code that protobufjs generates from the official descriptor, over messages that are ready. */
export function create(texts: Texts): () => Uint8Array {
  const message = OfficialRequest.decode(recordedBatch(texts).request())
  return () => OfficialRequest.encode(message).finish()
}
