import type { Socket } from 'node:net'
import type * as Undici from 'undici'
import { basicCredentials } from './credentials.ts'
import type { Exchange } from './exchange.ts'
import { readFailure } from './failure.ts'
import { proxyRefusal } from './proxy-refusal.ts'
import { CONNECT_TIMEOUT_MS, MAX_CONNECTIONS, type Route, type Transport, tlsOptions } from './transport.ts'

type Connector = Undici.buildConnector.connector

/** Loads undici: tunnels to https URLs and forwards the requests for others. */
export async function openProxyTransport({ url, tls, lookup }: Route, proxy: string): Promise<Transport> {
  const { Pool, ProxyAgent } = await import('undici')
  const { pathname, search, origin } = new URL(url)
  const sockets = new Set<Socket>()
  const proxyTls = { lookup, timeout: CONNECT_TIMEOUT_MS }
  const agent = new ProxyAgent({
    ...proxyAddress(proxy),
    // Plain HTTP is forwarded rather than tunnelled: many proxies allow CONNECT to port 443 only.
    proxyTunnel: false,
    proxyTls,
    requestTls: { ...proxyTls, ...tlsOptions(tls) },
    connections: MAX_CONNECTIONS,
    clientFactory: (to, options: { connect?: Connector }) =>
      new Pool(to, { ...options, connect: watched(options.connect!, sockets), headersTimeout: CONNECT_TIMEOUT_MS }),
  })
  // One timer for all is that of the exchange.
  const request = { origin, headersTimeout: 0, bodyTimeout: 0 } as const
  return {
    send: (method, { ':path': path = pathname + search, ...headers }, body, exchange) => {
      const content = method === 'POST' ? { body } : {}
      agent.dispatch({ ...request, path, method, headers, ...content }, handlerFor(exchange))
    },
    close: () => {
      for (const socket of sockets) socket.destroy()
      return agent.destroy()
    },
  }
}

function handlerFor(exchange: Exchange): Undici.Dispatcher.DispatchHandler {
  return {
    // Undici cannot abort a request that waits for its connection, so one that was given up meanwhile ends here.
    onRequestStart: controller => {
      exchange.onStart(error => controller.abort(error))
      exchange.onConnected()
    },
    onResponseStart: (_controller, status, headers) => exchange.onHead(status, headers),
    onResponseData: (_controller, chunk) => exchange.onData(chunk),
    onResponseEnd: () => exchange.onEnd(),
    onResponseError: (_controller, error) => exchange.fail(refusalIn(error) ?? error),
  }
}

/** Undici tells the status of a refused tunnel or request in the message only. */
function refusalIn(error: Error): Error | undefined {
  const status = /^Proxy .*\((\d{3})\)/.exec(readFailure(error).message)?.[1]
  return status === undefined ? undefined : proxyRefusal(Number(status))
}

/**
 * On the caller's thread a request under way must not hold the process; whoever waits for it does. Undici would hold it by the
 * socket's `ref`. It cannot end a connection that is being made either, and for a `signal` Node.js keeps every socket until that aborts.
 */
function watched(connect: Connector, sockets: Set<Socket>): Connector {
  return (options, callback) => {
    const socket = connect(options, callback) as unknown as Socket
    socket.unref().ref = () => socket
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  }
}

/** Undici ignores a user name without a password, and refuses a path. */
function proxyAddress(proxy: string): { uri: string; token?: string } {
  const url = new URL(proxy)
  const token = basicCredentials(url)
  return token === undefined ? { uri: url.origin } : { uri: url.origin, token }
}
