import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { sayOnce } from '../say.ts'
import { exceptionMessage } from '../trace/exception.ts'
import { negotiateFormat } from './accept.ts'
import type { MetricStore } from './store.ts'
import { CONTENT_TYPES, writeMetrics } from './text-format.ts'

const PATH = '/metrics'
/** Scrapers are few; more connections than that are no scrapers. */
const MAX_CONNECTIONS = 64

/**
 * Serves the metrics of `store` at /metrics on `port`, on every interface. It neither holds the process nor fails it: a port that is
 * taken is said once.
 */
export function serveMetrics(store: MetricStore, port: number): Server {
  const { createServer } = process.getBuiltinModule('node:http')
  const server = createServer((request, response) => answerAnyway(store, request, response))
  server.maxConnections = MAX_CONNECTIONS
  // A scraper keeps its connection open between two scrapes.
  server.on('connection', socket => socket.unref())
  server.on('error', error => sayOnce('metrics server', 'warn', troubleOf(error, port)))
  server.on('listening', () => sayOnce('metrics served', 'info', `serving metrics at ${addressOf(server)}`))
  server.listen(port)
  server.unref()
  return server
}

/** What is thrown in a listener ends the program: series can be so many, and so long, that no string holds them. */
function answerAnyway(store: MetricStore, request: IncomingMessage, response: ServerResponse): void {
  try {
    answer(store, request, response)
  } catch (error) {
    const reason = exceptionMessage(error)
    sayOnce('metrics scrape', 'warn', `metrics are recorded, but cannot be served: ${reason}`)
    send(response, 500, `The metrics cannot be written: ${reason}\n`)
  }
}

function answer(store: MetricStore, request: IncomingMessage, response: ServerResponse): void {
  const [path] = (request.url ?? '').split('?')
  if (path !== PATH) {
    send(response, 404, `Nothing is here; the metrics are at ${PATH}\n`)
  } else if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.setHeader('Allow', 'GET, HEAD')
    send(response, 405, 'Metrics are read with GET\n')
  } else {
    const format = negotiateFormat(request.headers.accept)
    response.setHeader('Vary', 'Accept')
    send(response, 200, writeMetrics(store.families, format), CONTENT_TYPES[format])
  }
}

function send(response: ServerResponse, status: number, text: string, type = 'text/plain; charset=utf-8'): void {
  const body = Buffer.from(text)
  response.writeHead(status, { 'Content-Type': type, 'Content-Length': body.length })
  response.end(body)
}

function troubleOf(error: Error & { readonly code?: string }, port: number): string {
  const what = `metrics are recorded, but not served on port ${port}`
  if (error.code === 'EADDRINUSE') return `${what}: another program has it; set PROMETHEUS_METRICS_PORT to a free one`
  if (error.code === 'EACCES') {
    return `${what}: this process may not open it; set PROMETHEUS_METRICS_PORT to one from 1024 on`
  }
  return `${what}: ${exceptionMessage(error)}`
}

function addressOf(server: Server): string {
  const address = server.address()
  return `http://localhost:${typeof address === 'object' ? address?.port : address}${PATH}`
}
