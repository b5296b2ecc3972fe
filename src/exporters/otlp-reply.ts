import type { HttpReply } from '../net/http-client.ts'
import { EXPORT_TRACE_PARTIAL_SUCCESS, EXPORT_TRACE_SERVICE_RESPONSE } from '../otlp/fields.ts'
import { ProtobufReader } from '../wire/protobuf-reader.ts'

/** google.rpc.Status, which OTLP servers answer errors with. */
const RPC_STATUS = { message: 2 } as const
/** An error page is not read further. */
const MAX_TEXT_BYTES = 16_384

const utf8 = new TextDecoder()

export interface PartialSuccess {
  readonly rejectedSpans: number
  readonly errorMessage: string
}

const NONE_REJECTED: PartialSuccess = { rejectedSpans: 0, errorMessage: '' }

/** What JSON from a server may hold; anything else counts as malformed. */
interface JsonResponse {
  readonly partialSuccess?: { readonly rejectedSpans?: unknown; readonly errorMessage?: unknown } | null
}
interface JsonStatus {
  readonly message?: unknown
  readonly error?: { readonly message?: unknown } | null
}

/** The first value of a header; `name` in lower case. */
export function headerOf(reply: HttpReply, name: string): string | undefined {
  const value = reply.headers[name]
  return typeof value === 'string' ? value : value?.[0]
}

/** Whether something for people to read has come, which no OTLP server sends with a success. */
export function isWebPage(reply: HttpReply): boolean {
  return reply.body.length > 0 && mediaType(reply) === 'text/html'
}

/** What an ExportTraceServiceResponse says, in protobuf or JSON; undefined where the body is none. An empty one is. */
export function parsePartialSuccess(reply: HttpReply): PartialSuccess | undefined {
  if (reply.body.length === 0) return NONE_REJECTED
  try {
    return mediaType(reply) === 'application/json'
      ? partialSuccessOfJson(JSON.parse(utf8.decode(reply.body)))
      : partialSuccessOf(reply.body)
  } catch {
    return undefined
  }
}

/** What the server says about an error: a google.rpc.Status in protobuf or JSON, the title of a page, or plain text. */
export function parseServerMessage(reply: HttpReply): string | undefined {
  const type = mediaType(reply)
  try {
    if (type === 'application/x-protobuf') return statusMessage(reply.body)
    if (type === 'application/json') return jsonMessage(JSON.parse(utf8.decode(reply.body)))
  } catch {
    return undefined
  }
  const text = utf8.decode(reply.body.subarray(0, MAX_TEXT_BYTES))
  if (type === 'text/html') return /<title>([^<]*)/i.exec(text)?.[1]
  return type.startsWith('text/') ? text : undefined
}

function mediaType(reply: HttpReply): string {
  return (headerOf(reply, 'content-type') ?? '').split(';', 1)[0]!.trim().toLowerCase()
}

/** Throws where the bytes are no ExportTraceServiceResponse. */
export function partialSuccessOf(body: Uint8Array): PartialSuccess {
  let partialSuccess = NONE_REJECTED
  for (const response = new ProtobufReader(body); response.next(); ) {
    if (response.field !== EXPORT_TRACE_SERVICE_RESPONSE.partialSuccess) response.skip()
    else partialSuccess = readPartialSuccess(response.message())
  }
  return partialSuccess
}

function readPartialSuccess(reader: ProtobufReader): PartialSuccess {
  let { rejectedSpans, errorMessage } = NONE_REJECTED
  while (reader.next()) {
    if (reader.field === EXPORT_TRACE_PARTIAL_SUCCESS.rejectedSpans) rejectedSpans = Number(reader.int64())
    else if (reader.field === EXPORT_TRACE_PARTIAL_SUCCESS.errorMessage) errorMessage = reader.text()
    else reader.skip()
  }
  return { rejectedSpans, errorMessage }
}

/** 64-bit integers are decimal strings in JSON, and `null` stands for a field that is absent. */
function partialSuccessOfJson({ partialSuccess }: JsonResponse): PartialSuccess {
  const { rejectedSpans, errorMessage } = partialSuccess ?? {}
  return { rejectedSpans: Math.trunc(Number(rejectedSpans ?? 0)), errorMessage: String(errorMessage ?? '') }
}

function statusMessage(body: Uint8Array): string | undefined {
  let message: string | undefined
  for (const status = new ProtobufReader(body); status.next(); ) {
    if (status.field === RPC_STATUS.message) message = status.text()
    else status.skip()
  }
  return message
}

/** A google.rpc.Status by itself, or inside `error` as Google's own endpoints send it. */
function jsonMessage({ message, error }: JsonStatus): string | undefined {
  const found = message ?? error?.message
  return typeof found === 'string' ? found : undefined
}
