import type { GrpcStatus, GrpcStatusName } from './grpc-status.ts'
import { printableText } from './printable.ts'
import { type BackendKind, CUT_VALUES, OTLP_BACKEND } from './status-trouble.ts'

const MAX_DETAIL_CHARS = 200

const CLAUSES: Readonly<Partial<Record<GrpcStatusName, string>>> = {
  CANCELLED: 'the call was cancelled on its way',
  INVALID_ARGUMENT: 'the server cannot read the request',
  DEADLINE_EXCEEDED: 'the server was not ready in time; is it overloaded?',
  NOT_FOUND: 'the server does not know what the request is about',
  PERMISSION_DENIED: 'the credentials lack a permission or role; they have to be allowed to write traces',
  RESOURCE_EXHAUSTED: 'the server asks for fewer requests',
  UNIMPLEMENTED:
    'the server takes no traces over gRPC here; is this the OTLP port of a collector that receives traces?',
  INTERNAL: 'the server failed; its log may tell why',
  UNAVAILABLE: 'the server is not available at the moment',
  DATA_LOSS: 'the server has lost data',
}

/** One clause on a status other than OK; `said` is what the server says itself. */
export function describeGrpcStatus(status: GrpcStatus, said: string, backend: BackendKind = OTLP_BACKEND): string {
  const detail = printableText(said, MAX_DETAIL_CHARS)
  const clause = clauseOf(status, backend)
  return detail === '' ? `gRPC ${status.name}: ${clause}` : `gRPC ${status.name}: ${clause} (it says: ${detail})`
}

/** Servers put their limit on the size of a message into RESOURCE_EXHAUSTED, and into its text only. */
export function isMessageTooLarge({ name, message }: GrpcStatus): boolean {
  return name === 'RESOURCE_EXHAUSTED' && /larger than max|exceeds maximum size/i.test(message)
}

function clauseOf(status: GrpcStatus, { credentials, forbidden }: BackendKind): string {
  if (isMessageTooLarge(status)) return `the request is too large for the server; raise its limit, or ${CUT_VALUES}`
  if (status.name === 'UNKNOWN' && !status.isGiven)
    return 'the answer is none of gRPC; is this the OTLP port of a collector?'
  if (status.name === 'UNAUTHENTICATED') return `credentials are missing or wrong; ${credentials}`
  if (status.name === 'PERMISSION_DENIED' && forbidden !== undefined) return forbidden
  return CLAUSES[status.name] ?? 'the server refuses the request'
}
