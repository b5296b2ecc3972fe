import { gunzipSync, gzipSync } from 'node:zlib'

/** OTLP wants clients to cap what they read of a reply at 4 MiB. */
const MAX_MESSAGE_BYTES = 4 * 1024 * 1024
const PREFIX_BYTES = 5
/** Spans shrink to a quarter at level 1 and by 1 % more at level 6, which takes twice the time. */
const GZIP_LEVEL = 1

/** A Length-Prefixed-Message (gRPC over HTTP/2, "Requests"): a flag, four bytes of length, the message. */
export function frameMessage(message: Uint8Array, compression: 'gzip' | 'none'): Uint8Array {
  // Synchronously: work pending on the thread pool would hold the process at exit.
  const content = compression === 'gzip' ? gzipSync(message, { level: GZIP_LEVEL }) : message
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
    return gunzipSync(content, { maxOutputLength: MAX_MESSAGE_BYTES })
  } catch {
    return undefined
  }
}
