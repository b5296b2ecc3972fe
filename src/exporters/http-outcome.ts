import { type CredentialsError, isCredentialsError } from '../net/google/credentials-error.ts'
import type { HttpReply } from '../net/http-client.ts'
import { isRequestError } from '../net/http-client.ts'
import { parseHttpDateMs, parseRetryAfterMs } from '../net/retry-after.ts'
import { type BackendKind, describeHttpStatus, describeRedirect } from '../net/status-trouble.ts'
import { describeNetworkError } from '../net/trouble.ts'
import type { ExportResult } from '../types/exporter.ts'
import { headerOf, parseServerMessage } from './otlp-reply.ts'

/** Those of OTLP, and 408, by which a proxy or server drops a connection it found idle. */
const RETRYABLE_STATUSES: ReadonlySet<number> = new Set([408, 429, 502, 503, 504])

/** Whom an exporter speaks to, for what is said of it. */
export interface HttpTarget {
  readonly url: string
  /** The URL as messages show it. */
  readonly shown: string
  readonly proxy: string | undefined
  readonly backend: BackendKind
  readonly hideSecrets: (text: string) => string
}

export function isSuccess({ status }: HttpReply): boolean {
  return status >= 200 && status < 300
}

/** What becomes of a batch after a status outside 200 to 299. */
export function refused(reply: HttpReply, { url, shown, backend, hideSecrets }: HttpTarget): ExportResult {
  const { status } = reply
  if (status >= 300 && status < 400) {
    return { outcome: 'rejected', message: `${shown}: ${describeRedirect(status, headerOf(reply, 'location'), url)}` }
  }
  const said = parseServerMessage(reply)
  const shownText = said === undefined ? said : hideSecrets(said)
  const message = `${shown}: ${describeHttpStatus(status, shownText, url, backend)}`
  if (status === 413) return { outcome: 'too_large', message }
  return RETRYABLE_STATUSES.has(status) ? retry(message, retryAfterMs(reply)) : { outcome: 'rejected', message }
}

/**
 * What becomes of a batch whose request failed. OTLP counts a reply that is too large as a failure for good; every other trouble of
 * the network may pass.
 */
export function failed(
  error: unknown,
  { url, shown, proxy }: Pick<HttpTarget, 'url' | 'shown' | 'proxy'>,
  protocol: 'http' | 'grpc' = 'http',
): ExportResult {
  if (isCredentialsError(error)) return withoutCredentials(error, shown)
  const message = `${shown}: ${describeNetworkError(error, url, proxy, protocol)}`
  const isFinal = isRequestError(error) && error.code === 'REPLY_TOO_LARGE'
  return isFinal ? { outcome: 'rejected', message } : retry(message, undefined)
}

/** What becomes of a batch that could not be sent, since no credentials are to be had. */
function withoutCredentials({ message, isFinal }: CredentialsError, shown: string): ExportResult {
  return { outcome: isFinal ? 'rejected' : 'retry', message: `${shown}: ${message}` }
}

/** A date is compared with the server's own clock where the reply tells it. */
function retryAfterMs(reply: HttpReply): number | undefined {
  const nowMs = parseHttpDateMs(headerOf(reply, 'date')) ?? Date.now()
  return parseRetryAfterMs(headerOf(reply, 'retry-after'), nowMs)
}

/** `afterMs` is what the server asks for. */
export function retry(message: string, afterMs: number | undefined): ExportResult {
  return afterMs === undefined ? { outcome: 'retry', message } : { outcome: 'retry', message, afterMs }
}
