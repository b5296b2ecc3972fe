import { once } from 'node:events'
import { type ClientHttp2Session, connect } from 'node:http2'
import { isIP, connect as netConnect, type Socket } from 'node:net'
import { connect as tlsConnect } from 'node:tls'
import { limitConnecting } from './connect-limit.ts'
import { closedError, requestError } from './exchange.ts'
import { type Route, tlsOptions } from './transport.ts'
import { openTunnel, unbracketed } from './tunnel.ts'

export interface ProbeTimes {
  /** A connection that has been quiet for so long is asked for a sign of life together with the next request. */
  readonly quietMs: number
  readonly pingTimeoutMs: number
}

const PROBE_TIMES: ProbeTimes = { quietMs: 10_000, pingTimeoutMs: 5_000 }
/** For requests that wait to be written, which the pipeline bounds. */
const MAX_SESSION_MEMORY_MB = 1024

/** The one connection to a server that speaks HTTP/2, opened anew when it is lost or given up. Never holds the event loop. */
export class Http2Channel {
  private readonly route: Route
  private readonly probeTimes: ProbeTimes
  private readonly alive = new Set<ClientHttp2Session>()
  private newest: ClientHttp2Session | undefined
  private current: Promise<ClientHttp2Session> | undefined
  /** When each last sent something, its SETTINGS at first. */
  private readonly heardMs = new WeakMap<ClientHttp2Session, number>()
  private isClosed = false

  constructor(route: Route, probeTimes: ProbeTimes = PROBE_TIMES) {
    this.route = route
    this.probeTimes = probeTimes
  }

  /** Rejects where no connection comes about. */
  session(): Promise<ClientHttp2Session> {
    this.current ??= this.open()
    return this.current
  }

  /** Makes sure of an idle connection: without an answer it is ended, and so is every request on it. */
  probe(session: ClientHttp2Session): void {
    const heardMs = this.heardMs.get(session)
    const { quietMs, pingTimeoutMs } = this.probeTimes
    if (heardMs === undefined || performance.now() - heardMs < quietMs) return
    const end = () => session.destroy(requestError('NO_REPLY', `no answer to a ping within ${pingTimeoutMs} ms`))
    const timer = setTimeout(end, pingTimeoutMs).unref()
    session.ping(error => {
      clearTimeout(timer)
      if (error === null) this.noteHeard(session)
    })
  }

  noteHeard(session: ClientHttp2Session): void {
    this.heardMs.set(session, performance.now())
  }

  hasSpoken(session: ClientHttp2Session): boolean {
    return this.heardMs.has(session)
  }

  /** Takes no further request; those under way may finish. */
  retire(session: ClientHttp2Session): void {
    this.forget(session)
    session.close()
  }

  close(): void {
    this.isClosed = true
    for (const session of this.alive) session.destroy(closedError())
  }

  private async open(): Promise<ClientHttp2Session> {
    try {
      const socket = await openSocket(this.route)
      const session = this.start(socket)
      await once(session, 'connect')
      return session
    } catch (error) {
      this.current = undefined
      throw error
    }
  }

  private start(socket: Socket): ClientHttp2Session {
    const session = connect(this.route.url, {
      createConnection: () => socket,
      settings: { enablePush: false },
      maxSessionMemory: MAX_SESSION_MEMORY_MB,
    })
    this.alive.add(session)
    this.newest = session
    session.once('remoteSettings', () => this.noteHeard(session))
    session.on('goaway', () => this.retire(session))
    session.on('close', () => {
      this.alive.delete(session)
      this.forget(session)
    })
    // Each request on it fails by the same error.
    session.on('error', () => {})
    if (this.isClosed) session.destroy(closedError())
    return session
  }

  private forget(session: ClientHttp2Session): void {
    if (session === this.newest) this.current = undefined
  }
}

async function openSocket(route: Route): Promise<Socket> {
  const { hostname, port, protocol } = new URL(route.url)
  const isTls = protocol === 'https:'
  const host = unbracketed(hostname)
  const socket = route.proxy === undefined ? undefined : await openTunnel(route, route.proxy)
  if (!isTls)
    return socket ?? limitConnecting(netConnect({ host, port: Number(port || 80), lookup: route.lookup })).unref()
  const tls = tlsConnect({
    host,
    port: Number(port || 443),
    lookup: route.lookup,
    ALPNProtocols: ['h2'],
    servername: isIP(host) === 0 ? host : '',
    ...(socket === undefined ? {} : { socket }),
    ...tlsOptions(route.tls),
  })
  return limitConnecting(tls).unref()
}
