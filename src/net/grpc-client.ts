import { parseRetryInfoMs } from './grpc-details.ts'
import { frameMessage, unframeMessage } from './grpc-message.ts'
import { type GrpcStatus, statusOfReply, statusOfReset } from './grpc-status.ts'
import { createHttpClient, type HttpClientOptions, type HttpReply } from './http-client.ts'
import { isResetError } from './http2-transport.ts'

/** A grpc-timeout has eight digits at most (gRPC over HTTP/2, "Requests"); a longer one means none. */
const MAX_TIMEOUT_MS = 99_999_999
/** Names that gRPC or HTTP/2 keep for themselves (gRPC over HTTP/2, "Custom-Metadata"; RFC 9113 §8.2.2). */
const RESERVED = /^(?:grpc-.*|te|host|connection|proxy-connection|keep-alive|transfer-encoding|upgrade|http2-settings)$/

export interface GrpcClientOptions extends Omit<HttpClientOptions, 'version'> {
  readonly compression: 'gzip' | 'none'
}

export interface GrpcReply {
  readonly status: GrpcStatus
  /** What the server's RetryInfo asks for. */
  readonly retryAfterMs: number | undefined
  /** Undefined where none came or it cannot be read. */
  readonly message: Uint8Array | undefined
}

export interface GrpcClient {
  /**
   * Calls a unary method, `path` being `/package.Service/Method`, with `metadata` of this call's own. Rejects as `HttpClient.post`
   * does, but for a request that is reset.
   */
  call(
    path: string,
    message: Uint8Array,
    signal: AbortSignal,
    metadata?: Readonly<Record<string, string>>,
  ): Promise<GrpcReply>
  close(): Promise<void>
}

/** Speaks gRPC to the host of one URL, whose path does not count; `headers` are sent as metadata. */
export function createGrpcClient(options: GrpcClientOptions): GrpcClient {
  const { compression, timeoutMs } = options
  const http = createHttpClient({ ...options, version: 2, headers: metadata(options.headers) })
  const headers = {
    ...(timeoutMs > MAX_TIMEOUT_MS ? {} : { 'grpc-timeout': `${timeoutMs}m` }),
    te: 'trailers',
    'content-type': 'application/grpc+proto',
    'grpc-accept-encoding': 'identity,gzip',
    ...(compression === 'gzip' ? { 'grpc-encoding': 'gzip' } : {}),
  }
  return {
    async call(path, message, signal, own = {}) {
      try {
        return readReply(
          await http.post(frameMessage(message, compression), { ...headers, ...own, ':path': path }, signal),
        )
      } catch (error) {
        if (isResetError(error)) return readReset(error.rstCode)
        throw error
      }
    },
    close: () => http.close(),
  }
}

/** Header values in Latin-1, which HTTP/1.1 takes, are none in gRPC. */
function metadata(headers: HttpClientOptions['headers']): HttpClientOptions['headers'] {
  const usable = Object.entries(headers).filter(([name, value]) => !RESERVED.test(name) && /^[\x20-\x7e]*$/.test(value))
  return Object.fromEntries(usable)
}

function readReply(reply: HttpReply): GrpcReply {
  const details = reply.headers['grpc-status-details-bin']
  return {
    status: statusOfReply(reply),
    retryAfterMs: parseRetryInfoMs(typeof details === 'string' ? details : undefined),
    message: unframeMessage(reply.body),
  }
}

function readReset(rstCode: number): GrpcReply {
  return { status: statusOfReset(rstCode), retryAfterMs: undefined, message: undefined }
}
