import type { HttpReply } from './exchange.ts'

type Headers = Readonly<Record<string, string>>

/** Authorises each request anew, by credentials that expire. */
export interface Authorization {
  /** For the next request; names in lower case. Rejects where there are none to be had, or `signal` aborts first. */
  headers(signal: AbortSignal): Promise<Headers>
  /** The server has not accepted these headers (HTTP 401, gRPC UNAUTHENTICATED): they are not given out again. */
  refused(headers: Headers): void
  close(): Promise<void>
}

/** Sends with the headers of `authorization`, and once more with fresh ones where the server answers 401 to the first. */
export async function sendAuthorised(
  authorization: Authorization,
  send: (headers: Headers) => Promise<HttpReply>,
  signal: AbortSignal,
): Promise<HttpReply> {
  const headers = await authorization.headers(signal)
  const reply = await send(headers)
  if (reply.status !== 401) return reply
  authorization.refused(headers)
  return await send(await authorization.headers(signal))
}
