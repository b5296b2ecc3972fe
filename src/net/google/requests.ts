import type { ProxySettings } from '../../types/config.ts'
import type { HttpReply } from '../exchange.ts'
import { readFailure } from '../failure.ts'
import { createHttpClient, type HttpClient } from '../http-client.ts'
import { proxyFor } from '../no-proxy.ts'
import { printableUrl } from '../printable.ts'
import { describeNetworkError } from '../trouble.ts'
import { credentialsError } from './credentials-error.ts'

/** Beside the request that waits for the token, which may take this long itself. */
const TIMEOUT_MS = 10_000

type Headers = Readonly<Record<string, string>>

/** What sources of tokens need of the network. Requests reject with a `CredentialsError` that names the URL. */
export interface CredentialRequests {
  get(url: string, headers: Headers, limits?: RequestLimits): Promise<HttpReply>
  post(url: string, headers: Headers, body: string): Promise<HttpReply>
  close(): Promise<void>
}

export interface RequestLimits {
  readonly timeoutMs?: number
  /** Never by a proxy, as the metadata server, which is part of the machine. */
  readonly direct?: boolean
}

export function createRequests(proxies: ProxySettings): CredentialRequests {
  const clients = new Map<string, HttpClient>()
  const closing = new AbortController()

  async function perform(
    url: string,
    { timeoutMs = TIMEOUT_MS, direct = false }: RequestLimits,
    request: (client: HttpClient) => Promise<HttpReply>,
  ): Promise<HttpReply> {
    const proxy = direct ? undefined : proxyFor(new URL(url), proxies)
    try {
      return await request(clientFor(url, proxy, timeoutMs))
    } catch (error) {
      throw credentialsError(`${printableUrl(url)}: ${describeFailure(error, url, proxy)}`, false)
    }
  }

  function clientFor(url: string, proxy: string | undefined, timeoutMs: number): HttpClient {
    const client = clients.get(url) ?? createHttpClient({ url, proxy, timeoutMs, tls: undefined, headers: {} })
    clients.set(url, client)
    return client
  }

  return {
    get: (url, headers, limits = {}) => perform(url, limits, client => client.get(headers, closing.signal)),
    post: (url, headers, body) => perform(url, {}, client => client.post(Buffer.from(body), headers, closing.signal)),
    async close() {
      closing.abort()
      await Promise.all(Array.from(clients.values(), client => client.close()))
    },
  }
}

/** What is refused here is no collector. */
function describeFailure(error: unknown, url: string, proxy: string | undefined): string {
  if (proxy === undefined && readFailure(error).code === 'ECONNREFUSED') return 'connection refused'
  return describeNetworkError(error, url, proxy)
}
