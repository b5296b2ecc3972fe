import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { OutgoingHttpHeaders, ServerHttp2Session, ServerHttp2Stream } from 'node:http2'
import { createServer, type Socket } from 'node:net'
import { performance } from 'node:perf_hooks'
import { describe, type TestContext, test } from 'node:test'
import { gunzipSync, gzipSync } from 'node:zlib'
import * as grpc from '@grpc/grpc-js'
import { createGrpcClient, type GrpcClient, type GrpcClientOptions } from '../../src/net/grpc-client.ts'
import { CA, certificate } from '../support/certificates.ts'
import { answerCall, startGrpcServer, startHttp2Server } from '../support/grpc-server.ts'
import { closedPort, listen } from '../support/http-server.ts'
import { startProxy } from '../support/proxy-server.ts'

const METHOD = '/opentelemetry.proto.collector.trace.v1.TraceService/Export'
const MESSAGE = Buffer.from('some bytes')
/** google.rpc.Status with a RetryInfo of 5 s. */
const BUSY = 'CA4SBGJ1c3kaMAoodHlwZS5nb29nbGVhcGlzLmNvbS9nb29nbGUucnBjLlJldHJ5SW5mbxIECgIIBQ=='

function client(t: TestContext, url: string, options: Partial<GrpcClientOptions> = {}): GrpcClient {
  const made = createGrpcClient({
    url,
    headers: {},
    timeoutMs: 10_000,
    tls: undefined,
    proxy: undefined,
    compression: 'none',
    ...options,
  })
  t.after(() => made.close())
  return made
}

function call(made: GrpcClient, signal: AbortSignal = new AbortController().signal) {
  return made.call(METHOD, MESSAGE, signal)
}

describe('the official server', () => {
  for (const compression of ['none', 'gzip'] as const) {
    test(`takes a message, compression ${compression}, with metadata and a deadline, and its reply is read`, async t => {
      const server = await startGrpcServer(t, (_call, reply) => reply(null, Buffer.from('reply')))
      const headers = {
        'user-agent': 'agent',
        'x-own': 'own',
        'grpc-own': 'not sent',
        connection: 'not sent',
        'x-ä': 'ä',
      }
      const reply = await call(client(t, `http://127.0.0.1:${server.port}/ignored?path`, { compression, headers }))
      assert.equal(reply.status.name, 'OK')
      assert.equal(Buffer.from(reply.message!).toString(), 'reply')
      const [{ body, metadata, deadline }] = server.calls as [(typeof server.calls)[0]]
      assert.deepEqual(body, MESSAGE)
      assert.equal(metadata['x-own'], 'own')
      assert.match(String(metadata['user-agent']), /^agent/)
      assert.equal(metadata['grpc-own'], undefined)
      const leftMs = Number(deadline) - Date.now()
      assert.ok(leftMs > 0 && leftMs <= 10_000, `${leftMs} ms`)
    })
  }

  test('says why it fails, and when to come back', async t => {
    const details = new grpc.Metadata()
    details.set('grpc-status-details-bin', Buffer.from(BUSY, 'base64'))
    const server = await startGrpcServer(t, (_call, reply) =>
      reply({ code: grpc.status.UNAVAILABLE, details: 'büsy 100%\n', metadata: details }),
    )
    const { status, retryAfterMs } = await call(client(t, `http://127.0.0.1:${server.port}`))
    assert.deepEqual(status, { name: 'UNAVAILABLE', message: 'büsy 100%\n', isGiven: true })
    assert.equal(retryAfterMs, 5_000)
  })

  test('does not know another method', async t => {
    const server = await startGrpcServer(t)
    const made = client(t, `http://127.0.0.1:${server.port}`)
    const { status } = await made.call('/other.Service/Method', MESSAGE, new AbortController().signal)
    assert.equal(status.name, 'UNIMPLEMENTED')
  })

  test('refuses a message that is too large for it', async t => {
    const server = await startGrpcServer(t, undefined, undefined, { 'grpc.max_receive_message_length': 1000 })
    const made = client(t, `http://127.0.0.1:${server.port}`)
    const { status } = await made.call(METHOD, Buffer.alloc(100_000), new AbortController().signal)
    assert.equal(status.name, 'RESOURCE_EXHAUSTED')
    assert.match(status.message, /larger than max/)
    assert.equal((await call(made)).status.name, 'OK')
  })

  test('is told of the deadline, and of its passing', async t => {
    const server = await startGrpcServer(t, () => {})
    const started = performance.now()
    await assert.rejects(call(client(t, `http://127.0.0.1:${server.port}`, { timeoutMs: 100 })), { code: 'NO_REPLY' })
    assert.ok(performance.now() - started < 5_000)
  })

  test('takes a message of 5 MiB', async t => {
    const server = await startGrpcServer(t, undefined, undefined, { 'grpc.max_receive_message_length': -1 })
    const made = client(t, `http://127.0.0.1:${server.port}`)
    const { status } = await made.call(METHOD, Buffer.alloc(5 * 1024 * 1024, 'x'), new AbortController().signal)
    assert.equal(status.name, 'OK')
    assert.equal(server.calls[0]!.body.length, 5 * 1024 * 1024)
  })

  test('is reached with TLS, and with a client certificate', async t => {
    const { cert, key } = certificate('server')
    const pair = { private_key: Buffer.from(key), cert_chain: Buffer.from(cert) }
    const credentials = grpc.ServerCredentials.createSsl(Buffer.from(CA), [pair], true)
    const server = await startGrpcServer(t, undefined, credentials)
    const url = `https://127.0.0.1:${server.port}`
    assert.equal((await call(client(t, url, { tls: { ca: CA, ...certificate('client') } }))).status.name, 'OK')
    await assert.rejects(call(client(t, url, { tls: { ca: CA } })), { code: /ALERT_CERTIFICATE_REQUIRED$|ECONNRESET/ })
    await assert.rejects(call(client(t, url)), { code: 'SELF_SIGNED_CERT_IN_CHAIN' })
  })

  for (const scheme of ['http', 'https']) {
    test(`is reached by ${scheme} through the tunnel of a proxy`, async t => {
      const { cert, key } = certificate('server')
      const pair = { private_key: Buffer.from(key), cert_chain: Buffer.from(cert) }
      const isTls = scheme === 'https'
      const credentials = isTls ? grpc.ServerCredentials.createSsl(null, [pair]) : undefined
      const server = await startGrpcServer(t, undefined, credentials)
      const proxy = await startProxy(t, server.port, 'user:p@ss:')
      const made = client(t, `${scheme}://collector.test:4317`, {
        proxy: proxy.origin.replace('://', '://user:p%40ss%3a@'),
        tls: isTls ? { ca: CA, serverName: 'localhost' } : undefined,
      })
      assert.equal((await call(made)).status.name, 'OK')
      assert.equal((await call(made)).status.name, 'OK')
      assert.deepEqual(proxy.requests, ['CONNECT collector.test:4317'])
    })
  }

  test('is not reached where the proxy refuses', async t => {
    const proxy = await startProxy(t, 1, 'user:secret')
    const made = client(t, 'http://collector.test:4317', { proxy: proxy.origin })
    await assert.rejects(call(made), { name: 'ProxyRefusal', status: 407 })
  })
})

describe('replies that gRPC servers do not give, or not like this', () => {
  type Row = [what: string, answer: (stream: ServerHttp2Stream) => void, status: object]
  const headersOnly = (headers: OutgoingHttpHeaders) => (stream: ServerHttp2Stream) =>
    stream.respond(headers, { endStream: true })
  const rows: Row[] = [
    [
      'headers alone, with the status in them',
      headersOnly({
        ':status': 200,
        'content-type': 'application/grpc',
        'grpc-status': '7',
        'grpc-message': 'n%C3%B6',
      }),
      { name: 'PERMISSION_DENIED', message: 'nö', isGiven: true },
    ],
    ...(
      [
        [200, 'UNKNOWN'],
        [400, 'INTERNAL'],
        [401, 'UNAUTHENTICATED'],
        [403, 'PERMISSION_DENIED'],
        [404, 'UNIMPLEMENTED'],
        [429, 'UNAVAILABLE'],
        [431, 'INTERNAL'],
        [500, 'UNKNOWN'],
        [502, 'UNAVAILABLE'],
        [503, 'UNAVAILABLE'],
        [504, 'UNAVAILABLE'],
      ] as const
    ).map(
      ([status, name]): Row => [
        `HTTP ${status} alone`,
        headersOnly({ ':status': status }),
        { name, message: `HTTP ${status}`, isGiven: false },
      ],
    ),
    [
      'a status that gRPC does not have',
      stream => answerCall(stream, undefined, { 'grpc-status': '99' }),
      { name: 'UNKNOWN', message: '', isGiven: true },
    ],
    [
      'a status that is no number',
      stream => answerCall(stream, undefined, { 'grpc-status': '0x0' }),
      { name: 'UNKNOWN', message: '', isGiven: true },
    ],
  ]
  for (const [what, answer, status] of rows) {
    test(`${what}: ${JSON.stringify(status)}`, async t => {
      const { origin } = await startHttp2Server(t, answer)
      assert.deepEqual((await call(client(t, origin))).status, status)
    })
  }

  const messages: [what: string, body: Buffer, message: string | undefined][] = [
    ['none', Buffer.alloc(0), undefined],
    ['an empty one', Buffer.from([0, 0, 0, 0, 0]), ''],
    ['a plain one', Buffer.from([0, 0, 0, 0, 1, 65]), 'A'],
    ['one in gzip', Buffer.concat([Buffer.from([1, 0, 0, 0, 21]), gzipSync('A')]), 'A'],
    ['one that is no gzip', Buffer.from([1, 0, 0, 0, 1, 65]), undefined],
    ['one cut short', Buffer.from([0, 0, 0, 0, 2, 65]), undefined],
    ['one too many', Buffer.from([0, 0, 0, 0, 1, 65, 0, 0, 0, 0, 0]), undefined],
    ['half a prefix', Buffer.from([0, 0]), undefined],
    ['a bomb', bomb(), undefined],
  ]
  for (const [what, body, message] of messages) {
    test(`message: ${what}`, async t => {
      const { origin } = await startHttp2Server(t, stream => {
        stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true })
        stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }))
        stream.end(body)
      })
      const reply = await call(client(t, origin))
      assert.equal(reply.status.name, 'OK')
      assert.equal(reply.message && Buffer.from(reply.message).toString(), message)
    })
  }

  function bomb(): Buffer {
    const content = gzipSync(Buffer.alloc(5 * 1024 * 1024))
    assert.equal(gunzipSync(content).length, 5 * 1024 * 1024)
    const prefix = Buffer.from([1, 0, 0, 0, 0])
    prefix.writeUInt32BE(content.length, 1)
    return Buffer.concat([prefix, content])
  }

  test('a reply over 4 MiB is refused', async t => {
    const { origin } = await startHttp2Server(t, stream => answerCall(stream, Buffer.alloc(5 * 1024 * 1024)))
    await assert.rejects(call(client(t, origin)), { code: 'REPLY_TOO_LARGE' })
  })
})

describe('requests that the server ends', () => {
  const codes: [rstCode: number, name: string][] = [
    [1, 'INTERNAL'],
    [2, 'INTERNAL'],
    [3, 'INTERNAL'],
    [7, 'UNAVAILABLE'],
    [8, 'CANCELLED'],
    [11, 'RESOURCE_EXHAUSTED'],
    [12, 'PERMISSION_DENIED'],
  ]
  for (const [rstCode, name] of codes) {
    test(`HTTP/2 code ${rstCode} means ${name}`, async t => {
      const { origin } = await startHttp2Server(t, stream => stream.close(rstCode))
      const { status } = await call(client(t, origin))
      assert.equal(status.name, name)
      assert.match(status.message, new RegExp(`code ${rstCode}$`))
    })
  }

  test('a whole reply counts although the server does not want the rest of the request', async t => {
    const { origin } = await startHttp2Server(t, stream => {
      answerCall(stream, undefined, { 'grpc-status': '8', 'grpc-message': 'too much' })
      stream.on('wantTrailers', () => setImmediate(() => stream.close(0)))
    })
    const made = client(t, origin)
    const { status } = await made.call(METHOD, Buffer.alloc(3 * 1024 * 1024), new AbortController().signal)
    assert.deepEqual(status, { name: 'RESOURCE_EXHAUSTED', message: 'too much', isGiven: true })
  })
})

describe('the connection', () => {
  test('one serves all calls, at once and one after the other', async t => {
    const { origin, connections } = await startHttp2Server(t, stream => answerCall(stream))
    const made = client(t, origin)
    await call(made)
    await Promise.all(Array.from({ length: 20 }, () => call(made)))
    await call(made)
    assert.equal(connections(), 1)
  })

  test('a farewell is obeyed: what is under way is finished, what follows goes over a new one', async t => {
    let farewell: Promise<unknown> | undefined
    const { origin, server, connections } = await startHttp2Server(t, stream => {
      if (farewell !== undefined) return answerCall(stream)
      farewell = Promise.resolve(stream.session!.goaway(0))
      setTimeout(() => answerCall(stream), 50)
    })
    server.on('error', () => {})
    const made = client(t, origin)
    const first = call(made)
    await new Promise(resolve => setTimeout(resolve, 20))
    assert.equal((await call(made)).status.name, 'OK')
    assert.equal((await first).status.name, 'OK')
    assert.equal(connections(), 2)
  })

  test('one that is lost fails the call, and the next call opens another one', async t => {
    let session: ServerHttp2Session | undefined
    const { origin, connections } = await startHttp2Server(t, stream => {
      if (session !== undefined) return answerCall(stream)
      session = stream.session as ServerHttp2Session
      session.destroy()
    })
    const made = client(t, origin)
    await assert.rejects(call(made), { code: 'ECONNRESET' })
    assert.equal((await call(made)).status.name, 'OK')
    assert.equal(connections(), 2)
  })

  test('one that was lost while idle is not noticed by the next call', async t => {
    const { origin, server, connections } = await startHttp2Server(t, stream => answerCall(stream))
    const sessions: ServerHttp2Session[] = []
    server.on('session', session => sessions.push(session))
    const made = client(t, origin)
    await call(made)
    const closed = once(sessions[0]!, 'close')
    sessions[0]!.close()
    await closed
    await new Promise(resolve => setTimeout(resolve, 20))
    assert.equal((await call(made)).status.name, 'OK')
    assert.equal(connections(), 2)
  })

  test('after a call that was not answered in time the next one opens another one', async t => {
    let calls = 0
    const { origin, connections } = await startHttp2Server(t, stream => {
      if (calls++ > 0) answerCall(stream)
    })
    const made = client(t, origin, { timeoutMs: 100 })
    await assert.rejects(call(made), { code: 'NO_REPLY', message: 'no answer within 100 ms' })
    assert.equal((await call(made)).status.name, 'OK')
    assert.equal(connections(), 2)
  })

  test('a server that comes back is reached again', async t => {
    const port = await closedPort()
    const made = client(t, `http://127.0.0.1:${port}`)
    await assert.rejects(call(made), { code: 'ECONNREFUSED' })
    const { origin } = await startHttp2Server(t, stream => answerCall(stream))
    assert.equal((await call(client(t, origin))).status.name, 'OK')
    await assert.rejects(call(made), { code: 'ECONNREFUSED' })
  })

  for (const [what, scheme] of [
    ['a call without an answer', 'http'],
    ['a TLS handshake without an answer', 'https'],
  ]) {
    test(`close ends ${what}, at once and for good`, async t => {
      let resolve!: (socket: Socket) => void
      const accepted = new Promise<Socket>(done => {
        resolve = done
      })
      const port = await listen(
        t,
        createServer(socket => {
          socket.once('data', () => resolve(socket))
        }),
      )
      const made = client(t, `${scheme}://127.0.0.1:${port}/`)
      const request = assert.rejects(call(made), { code: 'CLOSED' })
      const closed = once(await accepted, 'close')
      await Promise.all([made.close(), made.close()])
      await request
      await closed
      await assert.rejects(call(made), { code: 'CLOSED' })
    })
  }
})
