import type { ClientHttp2Session, ClientHttp2Stream, IncomingHttpHeaders } from 'node:http2'
import type { Exchange, HttpReply } from './exchange.ts'
import type { Http2Channel } from './http2-channel.ts'
import type { Route, Transport } from './transport.ts'

/** RFC 9113 §7. */
const CANCEL = 8

/** The server has ended a request by itself, with a code of RFC 9113 §7. */
export interface ResetError extends Error {
  readonly rstCode: number
}

export function isResetError(error: unknown): error is ResetError {
  return error instanceof Error && 'rstCode' in error
}

/** Loads node:http2; sends all requests over one connection, with TLS or by prior knowledge (RFC 9113 §3.3). */
export async function openHttp2Transport(route: Route): Promise<Transport> {
  const { Http2Channel } = await import('./http2-channel.ts')
  const channel = new Http2Channel(route)
  const { pathname, search } = new URL(route.url)
  return {
    send(method, headers, body, exchange) {
      const request = { ':method': method, ':path': pathname + search, ...headers }
      perform(channel, request, body, exchange).catch(error => exchange.fail(error))
    },
    close: () => channel.close(),
  }
}

async function perform(
  channel: Http2Channel,
  headers: Readonly<Record<string, string>>,
  body: Uint8Array,
  exchange: Exchange,
): Promise<void> {
  const session = await channel.session()
  if (exchange.isSettled) return
  exchange.onConnected()
  channel.probe(session)
  const stream = session.request(headers)
  exchange.onStart(() => {
    stream.close(CANCEL)
    // Whatever the cause, the next request is safer on a connection of its own.
    channel.retire(session)
  })
  stream.once('response', () => channel.noteHeard(session))
  report(stream, exchange, () => closingError(stream, session, channel.hasSpoken(session)))
  stream.end(body)
}

function report(stream: ClientHttp2Stream, exchange: Exchange, closing: () => Error): void {
  const fail = () => exchange.fail(closing())
  stream.on('response', headers => exchange.onHead(headers[':status'] ?? 0, textHeaders(headers)))
  stream.on('trailers', trailers => exchange.onTrailers(textHeaders(trailers)))
  stream.on('data', chunk => exchange.onData(chunk))
  stream.on('end', () => (stream.rstCode === 0 ? exchange.onEnd() : fail()))
  stream.on('error', error => exchange.fail(isReset(error) ? closing() : error))
  stream.on('close', fail)
}

function isReset(error: NodeJS.ErrnoException): boolean {
  return error.code === 'ERR_HTTP2_STREAM_ERROR'
}

/** Why a request ended without an answer: Node counts one whose connection was lost as cancelled. */
function closingError({ rstCode }: ClientHttp2Stream, session: ClientHttp2Session, hasSpoken: boolean): Error {
  if (!session.destroyed) {
    return Object.assign(new Error(`request reset with code ${rstCode}`), { rstCode })
  }
  return Object.assign(new Error('connection lost'), { code: 'ECONNRESET', ...(hasSpoken ? {} : { bytesRead: 0 }) })
}

function textHeaders(headers: IncomingHttpHeaders): HttpReply['headers'] {
  return Object.fromEntries(Object.entries(headers))
}
