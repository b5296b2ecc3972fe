import type { LookupFunction } from 'node:net'
import { unescape as percentDecode } from 'node:querystring'
import type * as Undici from 'undici'
import type { TlsConfig } from '../types/config.ts'

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

/** Loads undici and returns a pool of keep-alive connections. `closing` destroys them, also those still being opened. */
export async function openDispatcher(
  route: Route,
  lookup: LookupFunction,
  closing: AbortSignal,
): Promise<Undici.Dispatcher> {
  const Pool = await loadClass('Pool', 'undici/lib/dispatcher/pool.js')
  const connect = { lookup, signal: closing, timeout: CONNECT_TIMEOUT_MS }
  const connectTls = { ...connect, ...tlsOptions(route.tls) }
  if (route.proxy === undefined) {
    return new Pool(new URL(route.url).origin, { connections: MAX_CONNECTIONS, connect: connectTls })
  }
  const ProxyAgent = await loadClass('ProxyAgent', 'undici/lib/dispatcher/proxy-agent.js')
  return new ProxyAgent({
    ...splitCredentials(route.proxy),
    // Plain HTTP is forwarded rather than tunnelled: many proxies allow CONNECT to port 443 only.
    proxyTunnel: false,
    proxyTls: connect,
    requestTls: connectTls,
    connections: MAX_CONNECTIONS,
    clientFactory: (origin, options) => new Pool(origin, { ...options, headersTimeout: CONNECT_TIMEOUT_MS }),
  })
}

/** One class of undici by the file that holds it, which loads in a quarter of the time; whole where that file has moved. */
async function loadClass<Name extends 'Pool' | 'ProxyAgent'>(name: Name, path: string): Promise<(typeof Undici)[Name]> {
  try {
    return (await import(path)).default
  } catch {
    return (await import('undici'))[name]
  }
}

function tlsOptions(tls: TlsConfig = {}): object {
  const { serverName, ...options } = tls
  return serverName === undefined ? options : { ...options, servername: serverName }
}

/** Undici itself ignores a user name without a password. */
function splitCredentials(proxy: string): { uri: string; token?: string } {
  const url = new URL(proxy)
  const credentials = [url.username, url.password].map(part => percentDecode(part)).join(':')
  url.username = ''
  url.password = ''
  if (credentials === ':') return { uri: url.href }
  return { uri: url.href, token: `Basic ${Buffer.from(credentials).toString('base64')}` }
}
