import { request } from 'node:http'
import { connect, type Socket } from 'node:net'
import { limitConnecting } from './connect-limit.ts'
import { basicCredentials } from './credentials.ts'
import { proxyRefusal } from './proxy-refusal.ts'
import type { Route } from './transport.ts'

/**
 * Has an HTTP proxy connect to the host of `url` (CONNECT, RFC 9110 §9.3.6); what is written to the socket then goes there.
 * Rejects with a ProxyRefusal where the proxy refuses.
 */
export function openTunnel({ url, lookup }: Route, proxy: string): Promise<Socket> {
  const { hostname, port, protocol } = new URL(url)
  const authority = `${hostname}:${port || (protocol === 'https:' ? 443 : 80)}`
  const proxyUrl = new URL(proxy)
  const authorization = basicCredentials(proxyUrl)
  const asked = request({
    method: 'CONNECT',
    path: authority,
    headers: { host: authority, ...(authorization === undefined ? {} : { 'proxy-authorization': authorization }) },
    createConnection: () =>
      limitConnecting(
        connect({ host: unbracketed(proxyUrl.hostname), port: Number(proxyUrl.port || 80), lookup }),
      ).unref(),
  })
  return new Promise((resolve, reject) => {
    asked.on('connect', (reply, socket: Socket, head) => {
      // Servers of HTTP/2 may speak first.
      if (head.byteLength > 0) socket.unshift(head)
      if (reply.statusCode === 200) return resolve(socket)
      socket.destroy()
      reject(proxyRefusal(reply.statusCode ?? 0))
    })
    asked.on('error', reject).end()
  })
}

/** The host of a URL as a connection takes it: an IPv6 address without its brackets. */
export function unbracketed(hostname: string): string {
  return hostname.startsWith('[') ? hostname.slice(1, -1) : hostname
}
