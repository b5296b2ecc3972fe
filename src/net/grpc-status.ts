import type { HttpReply } from './exchange.ts'
import { decodeGrpcMessage } from './grpc-details.ts'

/** The codes of gRPC's status.proto, at the index of their number. */
const NAMES = [
  'OK',
  'CANCELLED',
  'UNKNOWN',
  'INVALID_ARGUMENT',
  'DEADLINE_EXCEEDED',
  'NOT_FOUND',
  'ALREADY_EXISTS',
  'PERMISSION_DENIED',
  'RESOURCE_EXHAUSTED',
  'FAILED_PRECONDITION',
  'ABORTED',
  'OUT_OF_RANGE',
  'UNIMPLEMENTED',
  'INTERNAL',
  'UNAVAILABLE',
  'DATA_LOSS',
  'UNAUTHENTICATED',
] as const

export type GrpcStatusName = (typeof NAMES)[number]

export interface GrpcStatus {
  /** UNKNOWN also for a number that gRPC does not have. */
  readonly name: GrpcStatusName
  /** What the server says; '' if nothing. */
  readonly message: string
  /** Whether the server said so itself. */
  readonly isGiven: boolean
}

/** For replies without a grpc-status, such as those of proxies (gRPC, "HTTP to gRPC Status Code Mapping"). */
const OF_HTTP_STATUS: Readonly<Record<number, GrpcStatusName>> = {
  400: 'INTERNAL',
  401: 'UNAUTHENTICATED',
  403: 'PERMISSION_DENIED',
  404: 'UNIMPLEMENTED',
  429: 'UNAVAILABLE',
  431: 'INTERNAL',
  502: 'UNAVAILABLE',
  503: 'UNAVAILABLE',
  504: 'UNAVAILABLE',
}

/** For requests that the server ended, by the code of RFC 9113 §7 (gRPC over HTTP/2, "Errors"). */
const OF_RESET: Readonly<Record<number, GrpcStatusName>> = {
  7: 'UNAVAILABLE',
  8: 'CANCELLED',
  11: 'RESOURCE_EXHAUSTED',
  12: 'PERMISSION_DENIED',
}

/** From the trailers or, where no message was sent, from the headers; Exchange counts both among the headers. */
export function statusOfReply({ status, headers }: HttpReply): GrpcStatus {
  const code = headers['grpc-status']
  if (typeof code !== 'string') {
    return { name: OF_HTTP_STATUS[status] ?? 'UNKNOWN', message: `HTTP ${status}`, isGiven: false }
  }
  const message = headers['grpc-message']
  const name = (/^\d+$/.test(code) && NAMES[Number(code)]) || 'UNKNOWN'
  return { name, message: typeof message === 'string' ? decodeGrpcMessage(message) : '', isGiven: true }
}

export function statusOfReset(rstCode: number): GrpcStatus {
  return {
    name: OF_RESET[rstCode] ?? 'INTERNAL',
    message: `the request was reset with HTTP/2 code ${rstCode}`,
    isGiven: true,
  }
}
