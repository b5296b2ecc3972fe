import { isRequestError } from '../net/exchange.ts'
import { readFailure } from '../net/failure.ts'
import { isCredentialsError } from '../net/google/credentials-error.ts'
import type { GrpcStatusName } from '../net/grpc-status.ts'
import { printableText } from '../net/printable.ts'
import { describeNetworkError } from '../net/trouble.ts'
import { RemoteTrouble } from './budget.ts'

const MAX_SAID_CHARACTERS = 200
const CHECK_CREDENTIALS = 'check those that GOOGLE_APPLICATION_CREDENTIALS names, or log in again with gcloud'

/** What hints need to know of a service and of who speaks to it. */
export interface ServiceWords {
  /** What cannot be read or written, with where it is. */
  readonly place: string
  /** What a permission that is missing belongs to. */
  readonly role: string
  /** What is said of something that is not there. */
  readonly missing: string
}

/** An answer that is no success. */
export interface Refusal {
  readonly cause: GrpcStatusName
  /** The status as the protocol has it. */
  readonly shown: string
  /** What the server says itself. */
  readonly said: string
  readonly retryAfterMs: number | undefined
}

/** HTTP statuses by the names that Google's APIs give them (google/rpc/code.proto). */
const OF_HTTP_STATUS: Readonly<Record<number, GrpcStatusName>> = {
  400: 'INVALID_ARGUMENT',
  401: 'UNAUTHENTICATED',
  403: 'PERMISSION_DENIED',
  404: 'NOT_FOUND',
  408: 'DEADLINE_EXCEEDED',
  409: 'ABORTED',
  412: 'FAILED_PRECONDITION',
  429: 'RESOURCE_EXHAUSTED',
  502: 'UNAVAILABLE',
  503: 'UNAVAILABLE',
  504: 'DEADLINE_EXCEEDED',
}

const CLAUSES: Readonly<Partial<Record<GrpcStatusName, string>>> = {
  INVALID_ARGUMENT: 'the server cannot read the request',
  UNAUTHENTICATED: `credentials are missing or wrong; ${CHECK_CREDENTIALS}`,
  DEADLINE_EXCEEDED: 'the server was not ready in time; is it overloaded?',
  RESOURCE_EXHAUSTED: 'the server asks for fewer requests',
  UNIMPLEMENTED: 'the server does not know this request; is it the service, or an emulator of it?',
  FAILED_PRECONDITION: 'others keep changing what is to be changed; try again',
  INTERNAL: 'the server failed',
  UNAVAILABLE: 'the server is not available at the moment',
  ABORTED: 'the server has given the request up',
  CANCELLED: 'the request was cancelled on its way',
}

const MAY_PASS: ReadonlySet<GrpcStatusName> = new Set([
  'DEADLINE_EXCEEDED',
  'RESOURCE_EXHAUSTED',
  'INTERNAL',
  'UNAVAILABLE',
  'ABORTED',
  'CANCELLED',
])

export function causeOfHttpStatus(status: number): GrpcStatusName {
  return OF_HTTP_STATUS[status] ?? (status >= 500 ? 'INTERNAL' : 'UNKNOWN')
}

/** `account` is whom the credentials speak for, where that is known; `said` holds no secret any more. */
export function troubleOfRefusal(refusal: Refusal, words: ServiceWords, account: string | undefined): RemoteTrouble {
  const { cause, shown, retryAfterMs } = refusal
  const said = printableText(refusal.said, MAX_SAID_CHARACTERS)
  const clause = clauseOf(cause, words, account)
  const detail = said === '' ? '' : ` (it says: ${said})`
  return new RemoteTrouble(`${words.place}: ${shown}: ${clause}${detail}`, MAY_PASS.has(cause), retryAfterMs)
}

function clauseOf(cause: GrpcStatusName, { role, missing }: ServiceWords, account: string | undefined): string {
  if (cause === 'NOT_FOUND') return missing
  if (cause === 'PERMISSION_DENIED') {
    return `${account ?? 'the account of the credentials'} lacks a permission; grant it the role ${role}`
  }
  return CLAUSES[cause] ?? 'the server refuses the request'
}

export interface ServiceRoute {
  readonly origin: string
  readonly proxy: string | undefined
  /** The variable that leads to an emulator. */
  readonly emulatedBy: string | undefined
  readonly protocol: 'http' | 'grpc'
}

/** Why there is no answer, or no token to ask with. */
export function troubleOfFailure(error: unknown, { place }: ServiceWords, route: ServiceRoute): RemoteTrouble {
  if (isCredentialsError(error)) return new RemoteTrouble(`${place}: ${error.message}`, !error.isFinal)
  const isTooLarge = isRequestError(error) && error.code === 'REPLY_TOO_LARGE'
  return new RemoteTrouble(`${place}: ${describeFailure(error, route)}`, !isTooLarge, undefined, error)
}

/** What is refused here is no collector. */
function describeFailure(error: unknown, { origin, proxy, emulatedBy, protocol }: ServiceRoute): string {
  const { code } = readFailure(error)
  const host = new URL(origin).host
  const hint = emulatedBy === undefined ? '' : `; does the emulator run that ${emulatedBy} names?`
  if (proxy === undefined && code === 'ECONNREFUSED') return `${host}: connection refused${hint}`
  if (code === 'ERR_HTTP2_ERROR') return `${host}: what answers does not speak gRPC${hint}`
  return `${host}: ${describeNetworkError(error, origin, proxy, protocol)}`
}
