import { readFileSync } from 'node:fs'
import protobuf from 'protobufjs'

/** proto/pubsub.proto with reflection. */
export const pubsubRoot: protobuf.Root = protobuf.parse(
  readFileSync(new URL('../../proto/pubsub.proto', import.meta.url), 'utf8'),
).root
pubsubRoot.resolveAll()

export function encodePubsub(type: string, object: object): Buffer {
  const message = pubsubRoot.lookupType(type)
  return Buffer.from(message.encode(message.fromObject(object)).finish())
}

/** Bytes as text, 64-bit numbers as decimal text. */
export function decodePubsub(type: string, bytes: Uint8Array): Record<string, unknown> {
  const message = pubsubRoot.lookupType(type)
  return message.toObject(message.decode(Buffer.from(bytes)), { longs: String, defaults: true })
}
