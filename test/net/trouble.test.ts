import assert from 'node:assert/strict'
import * as http2 from 'node:http2'
import { createServer, type Socket } from 'node:net'
import { describe, type TestContext, test } from 'node:test'
import { createHttpClient, type HttpClientOptions } from '../../src/net/http-client.ts'
import { createNameLookup } from '../../src/net/lookup.ts'
import { describeNetworkError } from '../../src/net/trouble.ts'
import { CA, certificate } from '../support/certificates.ts'
import { startDnsServer } from '../support/dns-server.ts'
import { holdEventLoop } from '../support/event-loop.ts'
import { closedPort, listen, startHttpServer } from '../support/http-server.ts'
import { startProxy } from '../support/proxy-server.ts'

type Misconfiguration = Partial<HttpClientOptions> & { readonly url: string }

/** Makes the request that cannot work and says why it did not. `describedUrl` stands in for ports that cannot be chosen. */
async function troubleOf(t: TestContext, wrong: Misconfiguration, describedUrl = wrong.url): Promise<string> {
  holdEventLoop(t)
  const client = createHttpClient({ headers: {}, timeoutMs: 10_000, tls: undefined, proxy: undefined, ...wrong })
  t.after(() => client.close())
  const request = client.post(Buffer.from('x'), {}, new AbortController().signal)
  const error = await request.then(
    () => assert.fail('the request worked'),
    reason => reason,
  )
  return describeNetworkError(error, describedUrl, wrong.proxy)
}

async function startRaw(t: TestContext, onData: (socket: Socket) => void): Promise<string> {
  const port = await listen(
    t,
    createServer(socket => {
      socket.once('data', () => onData(socket))
    }),
  )
  return `http://127.0.0.1:${port}/v1/traces`
}

async function startTls(t: TestContext, tls: object): Promise<string> {
  const { port } = await startHttpServer(t, (_request, response) => response.end(), tls)
  return `https://localhost:${port}/v1/traces`
}

function overHttp(url: string): string {
  return url.replace('https:', 'http:')
}

const GRPC = /^port \d+ speaks gRPC; the HTTP port is usually 4318$/

const misconfigurations: [what: string, make: (t: TestContext) => Promise<Misconfiguration>, clause: RegExp][] = [
  [
    'nothing listens',
    async () => ({ url: `http://localhost:${await closedPort()}/` }),
    /^connection refused; is the collector running, and on this port\?$/,
  ],
  [
    'a gRPC port without TLS',
    async t => ({
      url: `http://127.0.0.1:${await listen(
        t,
        http2.createServer().on('sessionError', () => {}),
      )}/`,
    }),
    GRPC,
  ],
  [
    'a gRPC port with TLS',
    async t => {
      const server = http2.createSecureServer(certificate('server'))
      return { url: `https://localhost:${await listen(t, server)}/`, tls: { ca: CA } }
    },
    GRPC,
  ],
  [
    'TLS expected',
    async t => ({ url: overHttp(await startTls(t, certificate('server'))) }),
    /closed .*; .* want https\?$/,
  ],
  [
    'TLS expected, by a server that answers with an alert',
    async t => ({ url: await startRaw(t, socket => socket.end(Buffer.from('15030100020246', 'hex'))) }),
    /^the port speaks TLS; use an https URL$/,
  ],
  [
    'TLS not expected',
    async t => {
      const { port } = await startHttpServer(t, (_request, response) => response.end())
      return { url: `https://localhost:${port}/` }
    },
    /^the port speaks plain HTTP, not TLS; use an http URL$/,
  ],
  [
    'a self-signed certificate',
    async t => ({ url: await startTls(t, certificate('self-signed')) }),
    /is self-signed; give its CA certificate \(tls\.ca or OTEL_EXPORTER_OTLP_CERTIFICATE\)$/,
  ],
  [
    'an unknown authority',
    async t => ({ url: await startTls(t, certificate('server')) }),
    /comes from an unknown authority; give its CA certificate/,
  ],
  [
    'a certificate for another name',
    async t => ({ url: await startTls(t, certificate('elsewhere')), tls: { ca: CA } }),
    /is for DNS:elsewhere\.test, not for localhost \(tls\.serverName/,
  ],
  [
    'a certificate for another name than tls.serverName',
    async t => ({ url: await startTls(t, certificate('server')), tls: { ca: CA, serverName: 'other.test' } }),
    /is for DNS:localhost, IP Address:127\.0\.0\.1, not for other\.test \(tls\.serverName/,
  ],
  [
    'an expired certificate',
    async t => ({ url: await startTls(t, certificate('expired')), tls: { ca: CA } }),
    /certificate has expired; renew it, or is this machine's clock wrong\?$/,
  ],
  [
    'no client certificate',
    async t => ({
      url: await startTls(t, { ...certificate('server'), ca: CA, requestCert: true }),
      tls: { ca: CA },
    }),
    /^the server wants a client certificate \(tls\.cert and tls\.key\)$/,
  ],
  [
    'no client certificate, with TLS 1.2',
    async t => ({
      url: await startTls(t, { ...certificate('server'), ca: CA, requestCert: true, maxVersion: 'TLSv1.2' }),
      tls: { ca: CA },
    }),
    /^TLS handshake refused; perhaps the server wants a client certificate \(tls\.cert and tls\.key\)$/,
  ],
  [
    'a key for another certificate',
    async t => ({
      url: await startTls(t, certificate('server')),
      tls: { ca: CA, cert: certificate('client').cert, key: certificate('server').key },
    }),
    /^tls\.key does not belong to tls\.cert$/,
  ],
  [
    'no PEM text',
    async t => ({ url: await startTls(t, certificate('server')), tls: { ca: CA, cert: 'secret', key: 'secret' } }),
    /^tls\.ca, tls\.cert or tls\.key cannot be read \(ERR_OSSL_\w+\)$/,
  ],
  [
    'a name that does not exist',
    async t => {
      const { address } = await startDnsServer(t, {})
      return { url: 'http://collector.invalid:4318/', names: createNameLookup({ servers: [address] }) }
    },
    /^host name collector\.invalid not found; is it spelled right|^no answer from DNS about host name collector\.invalid \(EAI_AGAIN\); does/,
  ],
  [
    'DNS that does not answer',
    async t => {
      const { address } = await startDnsServer(t, { 'collector.test': { A: 'silence', AAAA: 'silence' } })
      return {
        url: 'http://collector.test:4318/',
        names: createNameLookup({ servers: [address], timeoutMs: 200, tries: 1 }),
      }
    },
    /^no answer from DNS about host name collector\.test \(ETIMEOUT\); does this machine reach its DNS server\?$/,
  ],
  [
    'an address that does not answer',
    async () => ({
      url: 'http://collector.test/',
      names: { lookup: () => {}, close: () => {} },
      timeoutMs: 20,
    }),
    /^no connection within 20 ms; is the address right, and does a firewall let it through\?$/,
  ],
  [
    'a server that does not answer',
    async t => ({ url: await startRaw(t, () => {}), timeoutMs: 50 }),
    /^no answer within 50 ms; is the server overloaded, or is this the port of something else\?$/,
  ],
  [
    'a server that resets the connection',
    async t => ({ url: await startRaw(t, socket => socket.resetAndDestroy()) }),
    /^the connection was closed before the whole answer had come/,
  ],
  [
    'a server that stops in the middle',
    async t => ({ url: await startRaw(t, socket => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nabc')) }),
    /^the connection was closed before the whole answer had come$/,
  ],
  [
    'another protocol',
    async t => ({ url: await startRaw(t, socket => socket.end('SSH-2.0-OpenSSH\r\n')) }),
    /^the answer is not HTTP; is this the port of a collector\?$/,
  ],
  [
    'a proxy that is not there',
    async () => ({ url: 'https://collector.test/', proxy: `http://user:secret@127.0.0.1:${await closedPort()}` }),
    /^proxy http:\/\/127\.0\.0\.1:\d+\/: connection refused; is HTTPS_PROXY or HTTP_PROXY right\?/,
  ],
  [
    'a proxy that wants a password, for https',
    async t => ({
      url: 'https://collector.test/',
      proxy: (await startProxy(t, 1, 'user:other')).origin.replace('://', '://user:secret@'),
    }),
    /^proxy http:\/\/127\.0\.0\.1:\d+\/: it wants a user name and password \(HTTP 407\); put them into/,
  ],
  [
    'a proxy that wants a password, for http',
    async t => ({ url: 'http://collector.test/', proxy: (await startProxy(t, 1, 'user:other')).origin }),
    /^proxy http:\/\/127\.0\.0\.1:\d+\/: it wants a user name and password \(HTTP 407\); put them into/,
  ],
  [
    'a proxy that does not connect',
    async t => ({
      url: 'https://collector.test/',
      proxy: await startRaw(t, socket => socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n')),
    }),
    /^proxy .*: it refused to connect \(HTTP 502\); does it let/,
  ],
]

for (const [what, make, clause] of misconfigurations) {
  test(what, async t => {
    const wrong = await make(t)
    const trouble = await troubleOf(t, wrong)
    assert.match(trouble, clause)
    assert.doesNotMatch(trouble, /secret/)
  })
}

describe('on port 4317', () => {
  const troubles: [what: string, onData: (socket: Socket) => void][] = [
    ['a closed connection', socket => socket.end()],
    ['a reset connection', socket => socket.resetAndDestroy()],
    ['an answer that is not HTTP', socket => socket.end('\x01\x02')],
    ['no answer', () => {}],
  ]

  for (const [what, onData] of troubles) {
    test(`${what} means gRPC`, async t => {
      const wrong = { url: await startRaw(t, onData), timeoutMs: 50 }
      assert.match(await troubleOf(t, wrong, 'http://collector.test:4317/v1/traces'), GRPC)
    })
  }

  test('a refused connection does not', async t => {
    const url = `http://127.0.0.1:${await closedPort()}/`
    assert.match(await troubleOf(t, { url }, 'http://collector.test:4317/'), /^connection refused/)
  })
})

describe('errors that no server here can cause', () => {
  const errors: [error: unknown, clause: RegExp][] = [
    [Object.assign(new Error('x'), { code: 'EHOSTUNREACH', syscall: 'connect' }), /^no route to the host$/],
    [
      Object.assign(new Error('x'), { code: 'UND_ERR_CONNECT_TIMEOUT' }),
      /^no connection in time; is the address right/,
    ],
    [Object.assign(new Error('x'), { code: 'ERR_ACCESS_DENIED' }), /^this process is not allowed/],
    [
      Object.assign(new Error('Parse Error: Expected HTTP/'), { code: 'HPE_INVALID_CONSTANT' }),
      /^the answer is not HTTP/,
    ],
    [Object.assign(new Error('x'), { code: 'CERT_NOT_YET_VALID' }), /is this machine's clock right\?$/],
    [
      Object.assign(new Error('x'), { code: 'ERR_SSL_TLSV1_ALERT_UNKNOWN_CA' }),
      /does not accept the client certificate/,
    ],
    [
      Object.assign(new Error('x'), { code: 'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED' }),
      /^the server wants a client/,
    ],
    [Object.assign(new Error('x'), { code: 'ERR_SSL_TLSV1_ALERT_NEW' }), /^TLS handshake refused \(ERR_\w+\)$/],
    [Object.assign(new Error('x'), { code: 'ERR_SSL_SOMETHING_NEW' }), /^TLS failed \(ERR_SSL_SOMETHING_NEW\)$/],
    [new Error('odd\nnews'), /^odd news$/],
    [new Error(''), /^unknown error$/],
    ['text', /^unknown error$/],
    [null, /^unknown error$/],
    [undefined, /^unknown error$/],
  ]

  for (const [error, clause] of errors) {
    const { code, message = String(error) } = (error ?? {}) as { code?: string; message?: string }
    test(`${code ?? JSON.stringify(message)}: ${clause.source}`, () => {
      assert.match(describeNetworkError(error, 'https://user:secret@collector.test/?secret'), clause)
    })
  }

  test('the cause and the first of several attempts are what is described', () => {
    const refused = Object.assign(new Error('x'), { code: 'ECONNREFUSED', syscall: 'connect' })
    const wrapped = new Error('fetch failed', { cause: new AggregateError([refused, new Error('other')]) })
    assert.match(describeNetworkError(wrapped, 'http://collector.test/'), /^connection refused/)
  })

  test('an error that is its own cause ends', () => {
    const error = new Error('round')
    error.cause = error
    assert.equal(describeNetworkError(error, 'http://collector.test/'), 'round')
  })
})
