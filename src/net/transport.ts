import type { LookupFunction } from 'node:net'
import type { TlsConfig } from '../types/config.ts'
import type { Exchange } from './exchange.ts'

/** As many connections as the pipeline has requests in flight at most. */
export const MAX_CONNECTIONS = 16
/** For the lookup, TCP and TLS together. */
export const CONNECT_TIMEOUT_MS = 10_000

export type Method = 'GET' | 'POST' | 'DELETE'

export interface Route {
  readonly url: string
  readonly tls: TlsConfig | undefined
  /** URL of an HTTP proxy; user name and password may be in it. */
  readonly proxy: string | undefined
  readonly lookup: LookupFunction
}

/** Carries requests to one URL over connections that are kept and never hold the event loop. */
export interface Transport {
  /** Names of `headers` in lower case, among them `:path` in place of the URL's; only a POST has a `body` that is sent. */
  send(method: Method, headers: Readonly<Record<string, string>>, body: Uint8Array, exchange: Exchange): void
  /** Drops every connection, also those still being opened. */
  close(): Promise<void> | void
}

/** As `tls.connect` calls them. */
export function tlsOptions(tls: TlsConfig = {}): object {
  const { serverName, ...options } = tls
  return serverName === undefined ? options : { ...options, servername: serverName }
}
