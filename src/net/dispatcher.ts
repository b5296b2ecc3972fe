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
  { url, tls, proxy }: Route,
  lookup: LookupFunction,
  closing: AbortSignal,
): Promise<Undici.Dispatcher> {
  const connect = { lookup, signal: closing, timeout: CONNECT_TIMEOUT_MS }
  const connectTls = { ...connect, ...tlsOptions(tls) }
  if (proxy !== undefined) return openProxy(proxy, connect, connectTls)
  const Pool = await loadPool()
  return new Pool(new URL(url).origin, { connections: MAX_CONNECTIONS, connect: connectTls })
}

async function openProxy(proxy: string, proxyTls: object, requestTls: object): Promise<Undici.Dispatcher> {
  const { Pool, ProxyAgent } = await import('undici')
  return new ProxyAgent({
    ...splitCredentials(proxy),
    // Plain HTTP is forwarded rather than tunnelled: many proxies allow CONNECT to port 443 only.
    proxyTunnel: false,
    proxyTls,
    requestTls,
    connections: MAX_CONNECTIONS,
    clientFactory: (origin, options) => new Pool(origin, { ...options, headersTimeout: CONNECT_TIMEOUT_MS }),
  })
}

/** By the file that holds it, which loads in a quarter of the time; with all of undici where that file has moved. */
async function loadPool(): Promise<typeof Undici.Pool> {
  const path: string = 'undici/lib/dispatcher/pool.js'
  try {
    return (await import(path)).default
  } catch {
    return (await import('undici')).Pool
  }
}

function tlsOptions(tls: TlsConfig = {}): object {
  const { serverName, ...options } = tls
  return serverName === undefined ? options : { ...options, servername: serverName }
}

/** Undici ignores a user name without a password, and refuses a path. */
function splitCredentials(proxy: string): { uri: string; token?: string } {
  const { origin, username, password } = new URL(proxy)
  if (username === '' && password === '') return { uri: origin }
  const credentials = `${percentDecode(username)}:${percentDecode(password)}`
  return { uri: origin, token: `Basic ${Buffer.from(credentials).toString('base64')}` }
}
