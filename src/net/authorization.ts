import type { HttpReply } from './exchange.ts'
import type { BackendKind } from './status-trouble.ts'

type Headers = Readonly<Record<string, string>>

/** Credentials that expire, so that each request asks for them anew. */
export interface Credentials {
  /** For the next request; names in lower case. Rejects where there are none to be had, or `signal` aborts first. */
  headers(signal: AbortSignal): Promise<Headers>
  /** The server has not accepted these headers: they are not given out again. */
  refused(headers: Headers): void
  /** Hides what was given out of late in a text from the server, which may repeat what it was sent. */
  hideSecrets(text: string): string
}

/** Credentials, and what is said where they do not do. */
export interface Authorization extends Credentials {
  hints(): Pick<BackendKind, 'credentials' | 'forbidden'>
}

/** Sends with the headers of `credentials`, and once more with fresh ones where the server does not accept the first. */
export async function sendAuthorised<Reply>(
  credentials: Pick<Credentials, 'headers' | 'refused'> | undefined,
  send: (headers: Headers) => Promise<Reply>,
  isRefused: (reply: Reply) => boolean,
  signal: AbortSignal,
): Promise<Reply> {
  if (credentials === undefined) return await send({})
  const headers = await credentials.headers(signal)
  const reply = await send(headers)
  if (!isRefused(reply)) return reply
  credentials.refused(headers)
  return await send(await credentials.headers(signal))
}

export function isUnauthorized({ status }: HttpReply): boolean {
  return status === 401
}
