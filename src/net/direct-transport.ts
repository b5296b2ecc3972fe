import type { Agent, AgentOptions, ClientRequest, IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { connectedEvent, limitConnecting } from './connect-limit.ts'
import type { Exchange } from './exchange.ts'
import { MAX_CONNECTIONS, type Route, type Transport, tlsOptions } from './transport.ts'

/** A connection is left before most servers would close it, which Node's is the first to do, after 5 s. */
const IDLE_TIMEOUT_MS = 4_000

/** Loads node:http or node:https. */
export async function openDirectTransport({ url, tls, lookup }: Route): Promise<Transport> {
  const target = new URL(url)
  const isTls = target.protocol === 'https:'
  const { Agent, request } = isTls ? await import('node:https') : await import('node:http')
  const agent = withoutHold(
    new Agent({
      keepAlive: true,
      maxSockets: MAX_CONNECTIONS,
      timeout: IDLE_TIMEOUT_MS,
      lookup,
      ALPNProtocols: ['http/1.1'],
      ...tlsOptions(tls),
    } as AgentOptions),
  )
  const open = new WeakSet<Socket>()
  return {
    send(method, { ':path': path, ...headers }, body, exchange) {
      const length = method === 'POST' ? { 'content-length': body.byteLength } : {}
      const given = path === undefined ? {} : { path }
      const sent = request(target, { method, agent, headers: { ...headers, ...length }, ...given })
      report(sent, exchange)
      sent.once('socket', socket => {
        const send = () => {
          open.add(socket)
          exchange.onConnected()
          sent.end(body)
        }
        // What is written before the handshake would fail in its place, with an error that does not say why.
        if (open.has(socket)) send()
        else socket.once(connectedEvent(socket), send)
      })
    },
    close: () => agent.destroy(),
  }
}

function report(request: ClientRequest, exchange: Exchange): void {
  const fail = (error: Error) => exchange.fail(Object.assign(error, { bytesRead: request.socket?.bytesRead }))
  request.on('error', fail)
  exchange.onStart(error => request.destroy(error))
  request.on('response', (response: IncomingMessage) => {
    exchange.onHead(response.statusCode!, response.headers)
    response
      .on('error', fail)
      .on('data', chunk => exchange.onData(chunk))
      .on('end', () => exchange.onEnd())
  })
}

/**
 * On the caller's thread a request under way must not hold the process; whoever waits for it does. The agent would hold it when
 * it opens a connection and when it takes up an idle one.
 */
function withoutHold(agent: Agent): Agent {
  const connect = agent.createConnection.bind(agent)
  agent.createConnection = (options, callback) => limitConnecting(connect(options, callback) as Socket).unref()
  const reuse = agent.reuseSocket.bind(agent)
  agent.reuseSocket = (socket, request) => {
    // Takes away the listener that an idle connection has for errors: left alone, they would add up until Node warns.
    reuse(socket, request)
    ;(socket as Socket).unref()
  }
  return agent
}
