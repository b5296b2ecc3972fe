import { setImmediate as nextTurn } from 'node:timers/promises'
import { openDirectTransport } from './direct-transport.ts'
import { closedError, Exchange, type HttpReply } from './exchange.ts'
import { openHttp2Transport } from './http2-transport.ts'
import { createNameLookup, type NameLookup } from './lookup.ts'
import { openProxyTransport } from './proxy-transport.ts'
import type { Method, Route, Transport } from './transport.ts'

export { type HttpReply, isRequestError } from './exchange.ts'

export interface HttpClientOptions extends Omit<Route, 'lookup'> {
  /** Sent with every request; names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  /** From `post` or `get` to the last byte of the reply. */
  readonly timeoutMs: number
  /** Default 1.1. */
  readonly version?: 1.1 | 2
  readonly names?: NameLookup
}

export interface HttpClient {
  /**
   * Resolves with the reply, whatever its status; redirects are not followed. Rejects on network errors, after
   * `timeoutMs`, when `signal` aborts and when the reply exceeds 4 MiB; the connection is then not used again.
   * `body` must not lie in shared memory, of which Node 24 sends a wrong length. Names of `headers` in lower case;
   * `:path` takes the place of the URL's path and query.
   */
  post(body: Uint8Array, headers: Readonly<Record<string, string>>, signal: AbortSignal): Promise<HttpReply>
  /** As `post`, without a body. */
  get(headers: Readonly<Record<string, string>>, signal: AbortSignal): Promise<HttpReply>
  /** As `get`. */
  delete(headers: Readonly<Record<string, string>>, signal: AbortSignal): Promise<HttpReply>
  /** Drops every connection, with the requests on them. */
  close(): Promise<void>
}

const NO_BODY = new Uint8Array(0)

/** Speaks to one URL over up to 16 connections, with HTTP/2 over one, which are kept. What speaks HTTP is loaded by the first request. */
export function createHttpClient(options: HttpClientOptions): HttpClient {
  const names = options.names ?? createNameLookup()
  const underWay = new Set<Exchange>()
  let opening: Promise<Transport> | undefined
  let closed: Promise<void> | undefined

  async function dropConnections(): Promise<void> {
    for (const exchange of underWay) exchange.fail(closedError())
    names.close()
    const transport = await opening?.catch(() => undefined)
    await transport?.close()
  }

  async function request(
    method: Method,
    body: Uint8Array,
    headers: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<HttpReply> {
    if (body.buffer instanceof SharedArrayBuffer) throw new TypeError('body must not lie in shared memory')
    if (closed !== undefined) throw closedError()
    opening ??= openTransport({ ...options, lookup: names.lookup }, options.version)
    const transport = await opening
    if (closed !== undefined) throw closedError()
    const exchange = new Exchange()
    underWay.add(exchange)
    try {
      const send = () => transport.send(method, { ...options.headers, ...headers }, body, exchange)
      return await perform(exchange, send, options.timeoutMs, signal)
    } finally {
      underWay.delete(exchange)
    }
  }

  return {
    post: (body, headers, signal) => request('POST', body, headers, signal),
    get: (headers, signal) => request('GET', NO_BODY, headers, signal),
    delete: (headers, signal) => request('DELETE', NO_BODY, headers, signal),
    close() {
      closed ??= dropConnections()
      return closed
    },
  }
}

function openTransport(route: Route, version: HttpClientOptions['version']): Promise<Transport> {
  if (version === 2) return openHttp2Transport(route)
  return route.proxy === undefined ? openDirectTransport(route) : openProxyTransport(route, route.proxy)
}

async function perform(
  exchange: Exchange,
  send: () => void,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<HttpReply> {
  const giveUp = () => exchange.giveUp('before the request was given up')
  const timer = setTimeout(() => exchange.giveUp(`within ${timeoutMs} ms`), timeoutMs).unref()
  signal.addEventListener('abort', giveUp, { once: true })
  try {
    if (signal.aborted) giveUp()
    else send()
    const reply = await exchange.reply
    // The connection is free in the next turn of the event loop; a request before that would open another one.
    await nextTurn()
    return reply
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', giveUp)
  }
}
