import assert from 'node:assert/strict'
import * as http2 from 'node:http2'
import { createServer, type Server, type Socket } from 'node:net'
import { describe, type TestContext, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import type { ExporterStats } from '../../src/types/tracing.ts'
import { type CertificateName, certificate } from '../support/certificates.ts'
import { type Answer, closedPort, listen, startHttpServer } from '../support/http-server.ts'
import { startProxy } from '../support/proxy-server.ts'
import { meetTrouble, type TroubleRun } from '../support/trouble.ts'

/** What becomes of the one span that the program ends: kept and tried again until the exit, refused for good, or arrived. */
type Fate = 'kept' | 'refused' | 'too large' | 'arrived'

interface Trouble {
  readonly what: string
  /** As it is said, with PORT for ports that the system chose. */
  readonly sentence: string
  readonly fate: Fate
  readonly run: (t: TestContext) => Promise<TroubleRun>
}

const CA_FILE = fileURLToPath(new URL('../support/certificates/ca.pem', import.meta.url))
const GIVE_CA = 'give its CA certificate (tls.ca or OTEL_EXPORTER_OTLP_CERTIFICATE)'
const HTTP_TARGET = 'http://127.0.0.1:PORT/v1/traces'
const HTTPS_TARGET = 'https://localhost:PORT/v1/traces'
const GRPC = 'speaks gRPC; the HTTP port is usually 4318'
const CUT_VALUES = 'cut long values (limits.attributeValueLength or OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT)'
const CHECK_PROXY = 'is HTTPS_PROXY or HTTP_PROXY right? NO_PROXY names hosts that need none'
const GIVE_CREDENTIALS = "put them into the proxy's URL (HTTPS_PROXY or HTTP_PROXY)"

const troubles: readonly Trouble[] = [
  {
    what: 'a gRPC port spoken to in HTTP',
    sentence: `${HTTP_TARGET}: port PORT ${GRPC}`,
    fate: 'kept',
    run: async t =>
      serveRaw(
        t,
        http2.createServer().on('sessionError', () => {}),
      ),
  },
  {
    what: 'a gRPC port with TLS spoken to in HTTP',
    sentence: `${HTTPS_TARGET}: port PORT ${GRPC}`,
    fate: 'kept',
    run: async t => {
      const port = await listen(t, http2.createSecureServer(certificate('server')))
      return { endpoint: `https://localhost:${port}`, env: { OTEL_EXPORTER_OTLP_CERTIFICATE: CA_FILE } }
    },
  },
  {
    what: 'port 4317, which closes the connection',
    sentence: `http://127.43.17.1:4317/v1/traces: port 4317 ${GRPC}`,
    fate: 'kept',
    run: async t => {
      await listen(t, createServer(closeOnData), 4317, '127.43.17.1')
      return { endpoint: 'http://127.43.17.1:4317', env: { OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf' } }
    },
  },
  {
    what: 'an HTTP/1.1 port spoken to in gRPC',
    sentence: `http://127.0.0.1:PORT/: port PORT speaks HTTP/1.1 or something else, not gRPC; the gRPC port is usually 4317, and does the server want https?`,
    fate: 'kept',
    run: async t => ({ ...(await serve(t, answerWith(200))), env: { OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' } }),
  },
  {
    what: 'a gRPC server without traces, at the usual port',
    sentence:
      'http://127.43.17.2:4317/: gRPC UNIMPLEMENTED: the server takes no traces over gRPC here; is this the OTLP port of a collector that receives traces? (it says: unknown service)',
    fate: 'refused',
    run: async t => {
      await listen(t, http2.createServer(refuseCall) as unknown as Server, 4317, '127.43.17.2')
      return { endpoint: 'http://127.43.17.2:4317' }
    },
  },
  {
    what: '404, with a path that is not of OTLP',
    sentence:
      'http://127.0.0.1:PORT/traces: HTTP 404: nothing is there; the path of an OTLP/HTTP endpoint usually ends in /v1/traces',
    fate: 'refused',
    run: async t => {
      const { endpoint } = await serve(t, answerWith(404))
      return { env: { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${endpoint}/traces?token=s3cr3t-query` } }
    },
  },
  {
    what: '404, at the right path of another server',
    sentence: `${HTTP_TARGET}: HTTP 404: nothing is there; is this an OTLP/HTTP endpoint?`,
    fate: 'refused',
    run: t => serve(t, answerWith(404)),
  },
  {
    what: '401, by a server that repeats what it was sent',
    sentence: `${HTTP_TARGET}: HTTP 401: credentials are missing or wrong; check headers or OTEL_EXPORTER_OTLP_HEADERS (it says: unknown token [hidden] at /v1/traces?token=[hidden])`,
    fate: 'refused',
    run: t =>
      serve(t, ({ headers, path }, response) => {
        const message = `unknown token ${headers.authorization?.split(' ')[1]} at ${path}`
        response.writeHead(401, { 'content-type': 'application/json' }).end(JSON.stringify({ code: 16, message }))
      }),
  },
  {
    what: '403',
    sentence: `${HTTP_TARGET}: HTTP 403: the credentials lack a permission or role; they have to be allowed to write traces`,
    fate: 'refused',
    run: t => serve(t, answerWith(403)),
  },
  {
    what: 'a TLS certificate for another name',
    sentence: `${HTTPS_TARGET}: the server's certificate is for DNS:elsewhere.test, not for localhost (tls.serverName names the one to expect)`,
    fate: 'kept',
    run: t => serveTls(t, 'elsewhere', { OTEL_EXPORTER_OTLP_CERTIFICATE: CA_FILE }),
  },
  {
    what: 'a TLS certificate of an unknown authority',
    sentence: `${HTTPS_TARGET}: the server's certificate comes from an unknown authority; ${GIVE_CA}`,
    fate: 'kept',
    run: t => serveTls(t, 'server'),
  },
  {
    what: 'a self-signed TLS certificate',
    sentence: `${HTTPS_TARGET}: the server's certificate is self-signed; ${GIVE_CA}`,
    fate: 'kept',
    run: t => serveTls(t, 'self-signed'),
  },
  {
    what: 'a TLS certificate that has expired',
    sentence: `${HTTPS_TARGET}: the server's certificate has expired; renew it, or is this machine's clock wrong?`,
    fate: 'kept',
    run: t => serveTls(t, 'expired', { OTEL_EXPORTER_OTLP_CERTIFICATE: CA_FILE }),
  },
  {
    what: 'a refused connection',
    sentence: `${HTTP_TARGET}: connection refused; is the collector running, and on this port?`,
    fate: 'kept',
    run: async () => ({ endpoint: `http://127.0.0.1:${await closedPort()}` }),
  },
  {
    what: 'a proxy that is not there',
    sentence: `http://collector.test:4318/v1/traces: proxy http://127.0.0.1:PORT/: connection refused; ${CHECK_PROXY}`,
    fate: 'kept',
    run: async () => throughProxy(`http://127.0.0.1:${await closedPort()}`),
  },
  {
    what: 'a proxy that wants credentials (407)',
    sentence: `http://collector.test:4318/v1/traces: proxy http://127.0.0.1:PORT/: it wants a user name and password (HTTP 407); ${GIVE_CREDENTIALS}`,
    fate: 'kept',
    run: async t => throughProxy((await startProxy(t, 1, 'user:other')).origin),
  },
  {
    what: '413, for a single span',
    sentence: `span "work" is too large: ${HTTP_TARGET}: HTTP 413: the request is too large for the server; raise its limit, or ${CUT_VALUES}`,
    fate: 'too large',
    run: t => serve(t, answerWith(413)),
  },
  {
    what: 'a clock that is ahead',
    sentence: `${HTTP_TARGET}: the clock here is N s ahead of the server's, and spans are misplaced by as much; are both set by NTP?`,
    fate: 'arrived',
    run: t => serve(t, answerAt(-3_600_000)),
  },
  {
    what: 'a clock that is behind',
    sentence: `${HTTP_TARGET}: the clock here is N s behind the server's, and spans are misplaced by as much; are both set by NTP?`,
    fate: 'arrived',
    run: t => serve(t, answerAt(3_600_000)),
  },
  {
    what: 'https spoken to a plain HTTP port',
    sentence: `${HTTPS_TARGET}: the port speaks plain HTTP, not TLS; use an http URL`,
    fate: 'kept',
    run: async t => ({ endpoint: `https://localhost:${(await startHttpServer(t, answerWith(200))).port}` }),
  },
  {
    what: 'http spoken to a TLS port that says so',
    sentence: `${HTTP_TARGET}: the port speaks TLS; use an https URL`,
    fate: 'kept',
    run: t =>
      serveRaw(
        t,
        createServer(socket => socket.once('data', () => socket.end(TLS_ALERT))),
      ),
  },
  {
    what: 'http spoken to a TLS port that closes the connection',
    sentence:
      'http://localhost:PORT/v1/traces: the connection was closed before the whole answer had come; does the server want https?',
    fate: 'kept',
    run: async t => {
      const { endpoint } = await serveTls(t, 'server')
      return { endpoint: endpoint!.replace('https:', 'http:') }
    },
  },
  {
    what: 'another protocol than HTTP',
    sentence: `${HTTP_TARGET}: the answer is not HTTP; is this the port of a collector?`,
    fate: 'kept',
    run: t =>
      serveRaw(
        t,
        createServer(socket => socket.once('data', () => socket.end('SSH-2.0-OpenSSH\r\n'))),
      ),
  },
  {
    what: 'a web page in answer, with status 200',
    sentence: `${HTTP_TARGET}: a web page answers; is this the URL of a collector?`,
    fate: 'refused',
    run: t => serve(t, (_, response) => response.setHeader('content-type', 'text/html').end('<title>Sign in</title>')),
  },
  {
    what: 'an answer that is not of OTLP, with status 200',
    sentence: `${HTTP_TARGET}: the answer is not one of OTLP; is this the URL of a collector?`,
    fate: 'arrived',
    run: t => serve(t, (_, response) => response.setHeader('content-type', 'text/plain').end('ok')),
  },
]

/** Alert "protocol_version" of TLS 1.2 (RFC 5246 §7.2), which OpenSSL answers plain HTTP with. */
const TLS_ALERT = Buffer.from('15030100020246', 'hex')

const EXPECTED: Readonly<Record<Fate, (sentence: string) => readonly string[]>> = {
  kept: sentence => [`otlp: ${sentence}${keptClause(sentence)}`, lossLine('exit_timeout', sentence)],
  refused: sentence => [`otlp: 1 span lost: ${sentence}`, lossLine('rejected', sentence)],
  'too large': sentence => [`otlp: 1 span lost: ${sentence}`, lossLine('too_large', sentence)],
  arrived: sentence => [`otlp: ${sentence}`],
}

const COUNTED: Readonly<Record<Fate, (stats: ExporterStats) => number>> = {
  kept: stats => stats.dropped.exit_timeout,
  refused: stats => stats.rejected,
  'too large': stats => stats.dropped.too_large,
  arrived: stats => stats.acked,
}

function keptClause(sentence: string): string {
  return `${sentence.endsWith('?') ? ' Spans' : '; spans'} are kept and tried again`
}

function lossLine(reason: string, lastError: string): string {
  return `1 of 1 spans did not arrive at otlp: ${reason} 1; the last error was: ${lastError}`
}

describe('P9: each trouble is said once, in a sentence with target, cause and hint, and what is lost at exit:', {
  concurrency: 3,
}, () => {
  for (const { what, sentence, fate, run } of troubles) {
    test(`${what}: ${sentence}`, async t => {
      const { lines, stats } = await meetTrouble(await run(t))
      const said = lines.map(line => line.replace(/is \d+ s (ahead|behind)/, 'is N s $1'))
      assert.deepEqual(said, EXPECTED[fate](sentence))
      assert.equal(COUNTED[fate](stats.exporters.otlp!), 1)
    })
  }

  /** Of the two answers that a machine may get, only the first comes from a DNS server that is reached. */
  const dnsSentences = [
    'host name collector.invalid not found; is it spelled right, and known to the DNS of this machine?',
    'no answer from DNS about host name collector.invalid (CODE); does this machine reach its DNS server?',
  ]
  test(`an unknown host: http://collector.invalid:4318/v1/traces: ${dnsSentences.join(' – or – ')}`, async () => {
    const { lines, stats } = await meetTrouble({ endpoint: 'http://collector.invalid:4318' })
    const said = lines.map(line => line.replace(/\(E[A-Z_]+\)/, '(CODE)'))
    const sentence = dnsSentences.find(each => said[0]?.includes(each)) ?? ''
    assert.deepEqual(said, EXPECTED.kept(`http://collector.invalid:4318/v1/traces: ${sentence}`))
    assert.equal(stats.exporters.otlp?.dropped.exit_timeout, 1)
  })
})

async function serve(t: TestContext, answer: Answer): Promise<TroubleRun> {
  return { endpoint: (await startHttpServer(t, answer)).origin }
}

async function serveRaw(t: TestContext, server: Server): Promise<TroubleRun> {
  return { endpoint: `http://127.0.0.1:${await listen(t, server)}` }
}

async function serveTls(t: TestContext, name: CertificateName, env: TroubleRun['env'] = {}): Promise<TroubleRun> {
  const { port } = await startHttpServer(t, answerWith(200), certificate(name))
  return { endpoint: `https://localhost:${port}`, env }
}

function refuseCall(_request: http2.Http2ServerRequest, response: http2.Http2ServerResponse): void {
  response.stream.respond(
    { ':status': 200, 'content-type': 'application/grpc', 'grpc-status': '12', 'grpc-message': 'unknown service' },
    { endStream: true },
  )
}

function closeOnData(socket: Socket): void {
  socket.once('data', () => socket.end())
}

function throughProxy(origin: string): TroubleRun {
  const proxy = origin.replace('://', '://user:s3cr3t-proxy@')
  return { endpoint: 'http://collector.test:4318', env: { HTTP_PROXY: proxy } }
}

function answerWith(status: number): Answer {
  return (_request, response) => void response.writeHead(status).end()
}

/** By a clock that differs from ours. */
function answerAt(offsetMs: number): Answer {
  return (_request, response) => void response.setHeader('date', new Date(Date.now() + offsetMs).toUTCString()).end()
}
