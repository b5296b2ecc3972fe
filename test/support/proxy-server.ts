import * as http from 'node:http'
import { connect } from 'node:net'
import type { TestContext } from 'node:test'
import { listen } from './http-server.ts'

export interface TestProxy {
  readonly origin: string
  /** `METHOD target` of each request, tunnels included. */
  readonly requests: readonly string[]
}

/** A forwarding proxy that sends everything to `targetPort` of this machine; with `credentials` (user:password) it wants those. */
export async function startProxy(t: TestContext, targetPort: number, credentials?: string): Promise<TestProxy> {
  const requests: string[] = []
  const wanted = credentials === undefined ? undefined : `Basic ${Buffer.from(credentials).toString('base64')}`
  const isAllowed = ({ headers }: http.IncomingMessage) =>
    wanted === undefined || headers['proxy-authorization'] === wanted

  const proxy = http.createServer((incoming, response) => {
    requests.push(`${incoming.method} ${incoming.url}`)
    if (!isAllowed(incoming)) return void response.writeHead(407).end()
    const { pathname } = new URL(incoming.url!)
    const { method, headers } = incoming
    const onward = http.request({ port: targetPort, host: '127.0.0.1', path: pathname, method, headers }, reply => {
      response.writeHead(reply.statusCode!, reply.headers)
      reply.pipe(response)
    })
    incoming.pipe(onward)
  })
  proxy.on('connect', (incoming: http.IncomingMessage, client) => {
    requests.push(`CONNECT ${incoming.url}`)
    if (!isAllowed(incoming)) return void client.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n')
    const target = connect(targetPort, '127.0.0.1', () => client.write('HTTP/1.1 200 OK\r\n\r\n'))
    target.on('error', () => client.destroy())
    client.on('error', () => {})
    client.on('close', () => target.destroy())
    client.pipe(target).pipe(client)
  })
  return { origin: `http://127.0.0.1:${await listen(t, proxy)}`, requests }
}
