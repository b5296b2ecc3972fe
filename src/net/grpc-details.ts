import { ProtobufReader } from '../wire/protobuf-reader.ts'
import { MAX_RETRY_AFTER_MS } from './retry-after.ts'

/** Fields of google.rpc.Status, google.protobuf.Any, google.rpc.RetryInfo and google.protobuf.Duration. */
const RPC_STATUS = { details: 3 } as const
const ANY = { typeUrl: 1, value: 2 } as const
const RETRY_INFO = { retryDelay: 1 } as const
const DURATION = { seconds: 1, nanos: 2 } as const

const RETRY_INFO_TYPE = '/google.rpc.RetryInfo'

const utf8 = new TextDecoder()

/**
 * The text of a grpc-message, which is UTF-8 with `%` escapes (gRPC over HTTP/2, "Responses").
 * Broken escapes stay as they are, malformed UTF-8 becomes U+FFFD; nothing is thrown.
 */
export function decodeGrpcMessage(value: string): string {
  return value.replace(/(?:%[0-9a-f]{2})+/gi, escapes => utf8.decode(Buffer.from(escapes.replaceAll('%', ''), 'hex')))
}

/**
 * The wait that a RetryInfo in grpc-status-details-bin asks for, in ms from 0 to one hour.
 * Undefined where there is none or the value is malformed.
 */
export function parseRetryInfoMs(details: string | undefined): number | undefined {
  if (details === undefined) return undefined
  try {
    const delayMs = delayOfStatus(Buffer.from(details, 'base64'))
    return delayMs === undefined ? undefined : Math.min(Math.max(delayMs, 0), MAX_RETRY_AFTER_MS)
  } catch {
    return undefined
  }
}

function delayOfStatus(status: Uint8Array): number | undefined {
  const reader = new ProtobufReader(status)
  let delayMs: number | undefined
  while (reader.next()) {
    if (reader.field === RPC_STATUS.details) delayMs ??= delayOfAny(reader.bytes())
    else reader.skip()
  }
  return delayMs
}

function delayOfAny(any: Uint8Array): number | undefined {
  const reader = new ProtobufReader(any)
  let typeUrl = ''
  let value: Uint8Array = new Uint8Array()
  while (reader.next()) {
    if (reader.field === ANY.typeUrl) typeUrl = reader.text()
    else if (reader.field === ANY.value) value = reader.bytes()
    else reader.skip()
  }
  return typeUrl.endsWith(RETRY_INFO_TYPE) ? delayOfRetryInfo(value) : undefined
}

/** A RetryInfo without a delay still says that the call may be made again. */
function delayOfRetryInfo(retryInfo: Uint8Array): number {
  const reader = new ProtobufReader(retryInfo)
  let delayMs = 0
  while (reader.next()) {
    if (reader.field === RETRY_INFO.retryDelay) delayMs = durationMs(reader.bytes())
    else reader.skip()
  }
  return delayMs
}

function durationMs(duration: Uint8Array): number {
  const reader = new ProtobufReader(duration)
  let ms = 0
  while (reader.next()) {
    if (reader.field === DURATION.seconds) ms += Number(reader.int64()) * 1000
    else if (reader.field === DURATION.nanos) ms += Number(reader.int64()) / 1e6
    else reader.skip()
  }
  return ms
}
