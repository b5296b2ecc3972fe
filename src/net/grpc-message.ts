import { gunzipSync } from 'node:zlib'
import { MAX_REPLY_BYTES } from './exchange.ts'
import { gzip } from './gzip.ts'

const PREFIX_BYTES = 5

/** A Length-Prefixed-Message (gRPC over HTTP/2, "Requests"): a flag, four bytes of length, the message. */
export function frameMessage(message: Uint8Array, compression: 'gzip' | 'none'): Uint8Array {
  const content = compression === 'gzip' ? gzip(message) : message
  const framed = new Uint8Array(PREFIX_BYTES + content.byteLength)
  framed[0] = compression === 'gzip' ? 1 : 0
  new DataView(framed.buffer).setUint32(1, content.byteLength)
  framed.set(content, PREFIX_BYTES)
  return framed
}

/** The one message of a unary reply; undefined where there is none or it cannot be read. */
export function unframeMessage(body: Uint8Array): Uint8Array | undefined {
  if (body.byteLength < PREFIX_BYTES) return undefined
  const length = new DataView(body.buffer, body.byteOffset).getUint32(1)
  const content = body.subarray(PREFIX_BYTES)
  if (content.byteLength !== length) return undefined
  if (body[0] === 0) return content
  try {
    return gunzipSync(content, { maxOutputLength: MAX_REPLY_BYTES })
  } catch {
    return undefined
  }
}
