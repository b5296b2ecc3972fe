import { setMaxListeners } from 'node:events'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Dispatcher } from 'undici'
import { openDispatcher, type Route } from './dispatcher.ts'
import { Exchange, type HttpReply } from './exchange.ts'
import { createNameLookup, type NameLookup } from './lookup.ts'

export { type HttpReply, isRequestError } from './exchange.ts'

export interface HttpClientOptions extends Route {
  /** Sent with every request; names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  /** From `post` to the last byte of the reply. */
  readonly timeoutMs: number
  readonly names?: NameLookup
}

export interface HttpClient {
  /**
   * Resolves with the reply, whatever its status; redirects are not followed. Rejects on network errors, after
   * `timeoutMs`, when `signal` aborts and when the reply exceeds 4 MiB; the connection is then not used again.
   * `body` must not lie in shared memory, of which Node 24 sends a wrong length. Names of `headers` in lower case.
   */
  post(body: Uint8Array, headers: Readonly<Record<string, string>>, signal: AbortSignal): Promise<HttpReply>
  /** Drops every connection, with the requests on them. */
  close(): Promise<void>
}

/** Posts to one URL over up to 16 keep-alive connections. Undici is loaded by the first request. */
export function createHttpClient(options: HttpClientOptions): HttpClient {
  const { pathname, search, origin } = new URL(options.url)
  const names = options.names ?? createNameLookup()
  const closing = new AbortController()
  // One for each connection, which is more than the ten that Node warns about.
  setMaxListeners(0, closing.signal)
  let opening: Promise<Dispatcher> | undefined
  let closed: Promise<void> | undefined

  async function dropConnections(): Promise<void> {
    closing.abort()
    names.close()
    const dispatcher = await opening?.catch(() => undefined)
    await dispatcher?.destroy()
  }

  return {
    async post(body, headers, signal) {
      if (body.buffer instanceof SharedArrayBuffer) throw new TypeError('body must not lie in shared memory')
      opening ??= openDispatcher(options, names.lookup, closing.signal)
      const dispatcher = await opening
      const path = pathname + search
      const request = { origin, path, method: 'POST', headers: { ...options.headers, ...headers }, body }
      return perform(dispatcher, request, options.timeoutMs, signal)
    },
    close() {
      closed ??= dropConnections()
      return closed
    },
  }
}

async function perform(
  dispatcher: Dispatcher,
  request: Dispatcher.DispatchOptions,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<HttpReply> {
  const exchange = new Exchange()
  const giveUp = () => exchange.giveUp('before the request was given up')
  const timer = setTimeout(() => exchange.giveUp(`within ${timeoutMs} ms`), timeoutMs).unref()
  signal.addEventListener('abort', giveUp, { once: true })
  try {
    if (signal.aborted) giveUp()
    // The timer here is the only one.
    else dispatcher.dispatch({ ...request, headersTimeout: 0, bodyTimeout: 0 }, exchange)
    const reply = await exchange.reply
    // Undici frees the connection in the next turn of the event loop; a request before that would open another one.
    await nextTurn()
    return reply
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', giveUp)
  }
}
