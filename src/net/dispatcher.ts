import type { LookupFunction, Socket } from 'node:net'
import type * as Undici from 'undici'
import type { TlsConfig } from '../types/config.ts'
import { basicCredentials } from './credentials.ts'

/** As many as the pipeline has in flight at most. */
const MAX_CONNECTIONS = 16
/** For the lookup, TCP and TLS together. */
const CONNECT_TIMEOUT_MS = 10_000

export interface Route {
  readonly url: string
  readonly tls: TlsConfig | undefined
  /** URL of an HTTP proxy; user name and password may be in it. */
  readonly proxy: string | undefined
}

type Connector = Undici.buildConnector.connector

/**
 * Loads undici and returns a pool of keep-alive connections, none of which holds the event loop. `closing` destroys them, also
 * those still being opened.
 */
export async function openDispatcher(
  { url, tls, proxy }: Route,
  lookup: LookupFunction,
  closing: AbortSignal,
): Promise<Undici.Dispatcher> {
  const connect = { lookup, signal: closing, timeout: CONNECT_TIMEOUT_MS }
  const connectTls = { ...connect, ...tlsOptions(tls) }
  if (proxy !== undefined) return openProxy(proxy, connect, connectTls)
  const { Pool, buildConnector } = await loadPool()
  const connector = withoutHold(buildConnector(connectTls))
  return new Pool(new URL(url).origin, { connections: MAX_CONNECTIONS, connect: connector })
}

async function openProxy(proxy: string, proxyTls: object, requestTls: object): Promise<Undici.Dispatcher> {
  const { Pool, ProxyAgent } = await import('undici')
  return new ProxyAgent({
    ...proxyAddress(proxy),
    // Plain HTTP is forwarded rather than tunnelled: many proxies allow CONNECT to port 443 only.
    proxyTunnel: false,
    proxyTls,
    requestTls,
    connections: MAX_CONNECTIONS,
    clientFactory: (origin, options: { connect?: Connector }) =>
      new Pool(origin, { ...options, connect: withoutHold(options.connect!), headersTimeout: CONNECT_TIMEOUT_MS }),
  })
}

/**
 * On the caller's thread a request under way must not hold the process; whoever waits for it does. Undici would hold it by the
 * socket's `ref`.
 */
function withoutHold(connect: Connector): Connector {
  return (options, callback) => {
    const socket = connect(options, callback) as unknown as Socket
    socket.unref().ref = () => socket
  }
}

/** By the files that hold them, which load in a quarter of the time; with all of undici where those have moved. */
async function loadPool(): Promise<Pick<typeof Undici, 'Pool' | 'buildConnector'>> {
  const pool: string = 'undici/lib/dispatcher/pool.js'
  const connector: string = 'undici/lib/core/connect.js'
  try {
    return { Pool: (await import(pool)).default, buildConnector: (await import(connector)).default }
  } catch {
    return await import('undici')
  }
}

function tlsOptions(tls: TlsConfig = {}): object {
  const { serverName, ...options } = tls
  return serverName === undefined ? options : { ...options, servername: serverName }
}

/** Undici ignores a user name without a password, and refuses a path. */
function proxyAddress(proxy: string): { uri: string; token?: string } {
  const url = new URL(proxy)
  const token = basicCredentials(url)
  return token === undefined ? { uri: url.origin } : { uri: url.origin, token }
}
