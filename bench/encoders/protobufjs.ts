import { OfficialRequest } from '../../test/support/official-otlp.ts'
import { recordedBatch } from './recorded.ts'

/** The code that protobufjs generates from the official descriptor, over messages that are ready. */
export function create(): () => Uint8Array {
  const message = OfficialRequest.decode(recordedBatch().request())
  return () => OfficialRequest.encode(message).finish()
}
