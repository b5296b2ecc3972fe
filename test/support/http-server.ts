import { once } from 'node:events'
import * as http from 'node:http'
import * as https from 'node:https'
import type { AddressInfo, Server, Socket } from 'node:net'
import type { TestContext } from 'node:test'
import type { TlsOptions } from 'node:tls'

export interface ReceivedRequest {
  readonly method: string
  readonly path: string
  readonly headers: http.IncomingHttpHeaders
  readonly body: Buffer
}

/** What ends with the test. */
export type Scope = Pick<TestContext, 'after'>

export type Answer = (request: ReceivedRequest, response: http.ServerResponse) => void

export interface TestServer {
  readonly port: number
  /** Without a path. */
  readonly origin: string
  readonly requests: readonly ReceivedRequest[]
  /** Connections accepted so far. */
  connections(): number
}

/** Listens on a free port of 127.0.0.1, or where it is told; at the end of the test the server and its connections are destroyed. */
export async function listen(t: Scope, server: Server, port = 0, host = '127.0.0.1'): Promise<number> {
  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    sockets.add(socket.on('error', () => {}))
    socket.on('close', () => sockets.delete(socket))
  })
  server.listen(port, host)
  await once(server, 'listening')
  t.after(() => {
    server.close()
    for (const socket of sockets) socket.destroy()
  })
  return (server.address() as AddressInfo).port
}

/** A server, with TLS if `tls` is given, that reads each request whole before it answers. */
export async function startHttpServer(t: Scope, answer: Answer, tls?: TlsOptions): Promise<TestServer> {
  const requests: ReceivedRequest[] = []
  let connections = 0
  const onRequest = async (incoming: http.IncomingMessage, response: http.ServerResponse) => {
    const chunks: Buffer[] = []
    for await (const chunk of incoming) chunks.push(chunk)
    const { method = '', url: path = '', headers } = incoming
    const request = { method, path, headers, body: Buffer.concat(chunks) }
    requests.push(request)
    answer(request, response)
  }
  const server = tls === undefined ? http.createServer(onRequest) : https.createServer(tls, onRequest)
  server.on('connection', () => connections++)
  const port = await listen(t, server)
  const origin = `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}`
  return { port, origin, requests, connections: () => connections }
}

/** A port of 127.0.0.1 on which nothing listens. */
export async function closedPort(): Promise<number> {
  const server = http.createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
