import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createRequire } from 'node:module'
import { createServer, type LookupFunction, type Socket } from 'node:net'
import { performance } from 'node:perf_hooks'
import { describe, type TestContext, test } from 'node:test'
import { createHttpClient, type HttpClient, type HttpClientOptions } from '../../src/net/http-client.ts'
import { CA, certificate } from '../support/certificates.ts'
import { holdEventLoop } from '../support/event-loop.ts'
import { closedPort, listen, startHttpServer } from '../support/http-server.ts'

const BODY = Buffer.from('some bytes')
const MIB = 1024 * 1024

function client(t: TestContext, url: string, options: Partial<HttpClientOptions> = {}): HttpClient {
  const made = createHttpClient({ url, headers: {}, timeoutMs: 10_000, tls: undefined, proxy: undefined, ...options })
  t.after(() => made.close())
  return made
}

function post(made: HttpClient, signal: AbortSignal = new AbortController().signal) {
  return made.post(BODY, {}, signal)
}

function collectWarnings(t: TestContext): readonly Error[] {
  const warnings: Error[] = []
  const onWarning = (warning: Error) => void warnings.push(warning)
  process.on('warning', onWarning)
  t.after(() => process.off('warning', onWarning))
  return warnings
}

/** A server that does with each connection what it likes. */
async function startRawServer(t: TestContext, onConnection: (socket: Socket) => void): Promise<string> {
  return `http://127.0.0.1:${await listen(t, createServer(onConnection))}/`
}

test('undici is not loaded where there is no proxy', async t => {
  const server = await startHttpServer(t, (_request, response) => response.end())
  await post(client(t, server.origin))
  const loaded = Object.keys(createRequire(import.meta.url).cache)
  assert.deepEqual(
    loaded.filter(path => path.includes('/undici/')),
    [],
  )
})

test('posts bytes and headers to path and query, and gives back the whole reply', async t => {
  const server = await startHttpServer(t, (_request, response) => {
    response.writeHead(503, { 'Retry-After': '7', 'X-Twice': ['a', 'b'] }).write('first, ')
    response.end('second')
  })
  const made = client(t, `${server.origin}/v1/traces?key=k`, { headers: { 'x-own': 'own', 'x-both': 'client' } })
  const reply = await made.post(BODY, { 'x-both': 'request' }, new AbortController().signal)
  assert.equal(reply.status, 503)
  assert.equal(reply.headers['retry-after'], '7')
  assert.equal(reply.headers['x-twice'], 'a, b')
  assert.equal(Buffer.from(reply.body).toString(), 'first, second')
  const [request] = server.requests
  assert.equal(`${request!.method} ${request!.path}`, 'POST /v1/traces?key=k')
  assert.deepEqual(request!.body, BODY)
  assert.equal(request!.headers['content-length'], String(BODY.length))
  assert.equal(request!.headers['x-own'], 'own')
  assert.equal(request!.headers['x-both'], 'request')
})

test('gets as well, and then sends no body', async t => {
  const server = await startHttpServer(t, (_request, response) => response.end('got'))
  const made = client(t, `${server.origin}/a?b=c`, { headers: { 'x-own': 'own' } })
  const reply = await made.get({ 'x-more': 'more' }, new AbortController().signal)
  assert.equal(Buffer.from(reply.body).toString(), 'got')
  const { method, path, headers, body } = server.requests[0]!
  assert.deepEqual([method, path, headers['x-own'], headers['x-more']], ['GET', '/a?b=c', 'own', 'more'])
  assert.deepEqual([body.length, headers['content-length'], headers['transfer-encoding']], [0, undefined, undefined])
})

test('deletes, and asks for another path than the URL has', async t => {
  const server = await startHttpServer(t, (_request, response) => response.end())
  const made = client(t, `${server.origin}/a?b=c`)
  const { signal } = new AbortController()
  await made.delete({ ':path': '/d%2Fe?f=g' }, signal)
  await made.get({ ':path': '/h' }, signal)
  await made.post(BODY, { ':path': '/i' }, signal)
  await made.get({}, signal)
  const seen = server.requests.map(({ method, path, body }) => `${method} ${path} ${body}`.trim())
  assert.deepEqual(seen, ['DELETE /d%2Fe?f=g', 'GET /h', `POST /i ${BODY}`, 'GET /a?b=c'])
})

test('an interim reply is not the reply', async t => {
  const url = await startRawServer(t, socket => {
    socket.once('data', () => {
      socket.write('HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok')
    })
  })
  const reply = await post(client(t, url))
  assert.equal(reply.status, 200)
  assert.equal(Buffer.from(reply.body).toString(), 'ok')
})

describe('connections', () => {
  test('one serves 20 requests that follow each other, and Node warns about nothing', async t => {
    const warnings = collectWarnings(t)
    const server = await startHttpServer(t, (_request, response) => response.end('ok'))
    const made = client(t, server.origin)
    for (let i = 0; i < 20; i++) await post(made)
    assert.equal(server.requests.length, 20)
    assert.equal(server.connections(), 1)
    assert.deepEqual(warnings, [])
  })

  test('one serves many, and Node warns about nothing', async t => {
    const warnings = collectWarnings(t)
    const server = await startHttpServer(t, (_request, response) => response.end('ok'))
    const made = client(t, server.origin)
    for (let i = 0; i < 20; i++) await post(made)
    assert.equal(server.connections(), 1)
    assert.deepEqual(warnings, [])
  })

  test('16 serve 20 requests at once, and Node warns about nothing', async t => {
    const warnings = collectWarnings(t)
    const waiting: (() => void)[] = []
    let sixteen: () => void
    const arrived = new Promise<void>(resolve => {
      sixteen = resolve
    })
    const server = await startHttpServer(t, (_request, response) => {
      waiting.push(() => response.end())
      if (waiting.length === 16) sixteen()
      if (waiting.length > 16) response.end()
    })
    const made = client(t, server.origin)
    const posts = Array.from({ length: 20 }, () => post(made))
    await arrived
    for (const answer of waiting) answer()
    await Promise.all(posts)
    assert.equal(server.connections(), 16)
    assert.deepEqual(warnings, [])
  })

  test('a request after a failed one gets a new one', async t => {
    const server = await startHttpServer(t, (_request, response) => {
      if (server.requests.length === 1) response.socket!.destroy()
      else response.end()
    })
    const made = client(t, server.origin)
    await assert.rejects(post(made))
    assert.equal((await post(made)).status, 200)
    assert.equal(server.connections(), 2)
  })

  test('a server that comes back is reached again', async t => {
    const port = await closedPort()
    const made = client(t, `http://127.0.0.1:${port}/`)
    await assert.rejects(post(made), { code: 'ECONNREFUSED' })
    const server = createServer(socket => {
      socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n'))
    })
    server.listen(port, '127.0.0.1')
    await once(server, 'listening')
    t.after(() => server.close())
    assert.equal((await post(made)).status, 200)
  })
})

describe('replies that cannot be taken', () => {
  const replies: [what: string, reply: (socket: Socket) => void, expected: object][] = [
    ['reset', socket => socket.resetAndDestroy(), { code: 'ECONNRESET' }],
    ['closed without a reply', socket => socket.end(), { code: 'ECONNRESET' }],
    [
      'closed in the middle',
      socket => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nabc'),
      { code: 'ECONNRESET' },
    ],
    ['not HTTP', socket => socket.end('SSH-2.0-OpenSSH\r\n'), { code: 'HPE_INVALID_CONSTANT' }],
    [
      'endless headers',
      socket => socket.write(`HTTP/1.1 200 OK\r\n${`x: ${'y'.repeat(1000)}\r\n`.repeat(100)}`),
      { code: 'HPE_HEADER_OVERFLOW' },
    ],
  ]

  for (const [what, reply, expected] of replies) {
    test(`${what} rejects with ${JSON.stringify(expected)}`, async t => {
      const url = await startRawServer(t, socket => socket.once('data', () => reply(socket)))
      await assert.rejects(post(client(t, url)), expected)
    })
  }

  for (const [bytes, accepted] of [
    [4 * MIB, true],
    [4 * MIB + 1, false],
  ] as const) {
    for (const framing of ['content-length', 'chunked']) {
      test(`${bytes} bytes, ${framing}: ${accepted ? 'taken' : 'refused'}`, async t => {
        const server = await startHttpServer(t, (_request, response) => {
          if (framing === 'content-length') response.setHeader('content-length', bytes)
          response.write(Buffer.alloc(bytes))
          response.end()
        })
        const reply = post(client(t, server.origin))
        if (accepted) assert.equal((await reply).body.length, bytes)
        else await assert.rejects(reply, { name: 'RequestError', message: 'response over 4 MiB' })
      })
    }
  }
})

describe('time', () => {
  /** Keeps a reply going without an end: a chunk as soon as the last one is out. */
  function trickle(socket: Socket): void {
    const next = () => void (socket.destroyed || socket.write('1\r\nx\r\n', () => setImmediate(next)))
    socket.once('data', () => socket.write('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n', next))
  }

  test('a trickled reply ends when the signal aborts, and so does its connection', async t => {
    const abort = new AbortController()
    let onClose!: () => void
    const closed = new Promise<void>(resolve => {
      onClose = resolve
    })
    const url = await startRawServer(t, socket => {
      socket.on('close', onClose)
      socket.once('data', () => setImmediate(() => abort.abort()))
      trickle(socket)
    })
    await assert.rejects(post(client(t, url), abort.signal), {
      code: 'NO_REPLY',
      message: 'no answer before the request was given up',
    })
    await closed
  })

  test('a trickled reply ends at the timeout', async t => {
    const url = await startRawServer(t, trickle)
    await assert.rejects(post(client(t, url, { timeoutMs: 100 })), {
      code: 'NO_REPLY',
      message: 'no answer within 100 ms',
    })
  })

  test('a connection that does not come about ends at the timeout', async t => {
    holdEventLoop(t)
    const silent = { lookup: () => {}, close: () => {} }
    const made = client(t, 'http://collector.test/', { timeoutMs: 50, names: silent })
    await assert.rejects(post(made), { code: 'NO_CONNECTION', message: 'no connection within 50 ms' })
  })

  test('a request given up while its connection is made is not sent', async t => {
    const server = await startHttpServer(t, (_request, response) => response.end())
    const abort = new AbortController()
    let connect: (() => void) | undefined
    const names = {
      lookup: ((_hostname, _options, callback) => {
        const answer = () => callback(null, [{ address: '127.0.0.1', family: 4 }])
        if (connect !== undefined) return answer()
        connect = answer
        abort.abort()
      }) satisfies LookupFunction,
      close: () => {},
    }
    const made = client(t, `http://collector.test:${server.port}/`, { names })
    await assert.rejects(post(made, abort.signal), { code: 'NO_CONNECTION' })
    connect!()
    assert.equal((await post(made)).status, 200)
    assert.equal(server.requests.length, 1)
  })

  test('an aborted signal sends nothing', async t => {
    const server = await startHttpServer(t, (_request, response) => response.end())
    await assert.rejects(post(client(t, server.origin), AbortSignal.abort()), { name: 'RequestError' })
    assert.equal(server.connections(), 0)
  })
})

describe('close', () => {
  const stalls: [what: string, scheme: string][] = [
    ['a request without an answer', 'http'],
    ['a TLS handshake without an answer', 'https'],
  ]

  for (const [what, scheme] of stalls) {
    test(`ends ${what}, at once and for good`, async t => {
      let connected!: (socket: Socket) => void
      const accepted = new Promise<Socket>(resolve => {
        connected = resolve
      })
      const port = await listen(
        t,
        createServer(socket => {
          socket.once('data', () => connected(socket))
        }),
      )
      const made = client(t, `${scheme}://127.0.0.1:${port}/`)
      const request = assert.rejects(post(made))
      const closed = once(await accepted, 'close')
      const start = performance.now()
      await Promise.all([made.close(), made.close()])
      await request
      await closed
      assert.ok(performance.now() - start < 1_000)
      await assert.rejects(post(made))
    })
  }

  test('before the first request leaves nothing to be opened', async t => {
    const server = await startHttpServer(t, (_request, response) => response.end())
    const made = client(t, server.origin)
    await made.close()
    await assert.rejects(post(made))
    assert.equal(server.requests.length, 0)
  })
})

test('a body in shared memory is refused', async t => {
  const made = client(t, 'http://127.0.0.1:1/')
  const body = new Uint8Array(new SharedArrayBuffer(8))
  await assert.rejects(made.post(body, {}, new AbortController().signal), TypeError)
})

describe('TLS', () => {
  const mutual = { ...certificate('server'), ca: CA, requestCert: true, rejectUnauthorized: true }
  const handshakes: [what: string, server: object, tls: HttpClientOptions['tls'], expected: object | undefined][] = [
    ['known authority', certificate('server'), { ca: CA }, undefined],
    ['unknown authority', certificate('server'), undefined, { code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' }],
    ['unknown authority, unchecked', certificate('server'), { rejectUnauthorized: false }, undefined],
    ['self-signed', certificate('self-signed'), { ca: CA }, { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' }],
    ['self-signed, trusted', certificate('self-signed'), { ca: certificate('self-signed').cert }, undefined],
    ['another name', certificate('elsewhere'), { ca: CA }, { code: 'ERR_TLS_CERT_ALTNAME_INVALID' }],
    ['another name, expected', certificate('elsewhere'), { ca: CA, serverName: 'elsewhere.test' }, undefined],
    ['expired', certificate('expired'), { ca: CA }, { code: 'CERT_HAS_EXPIRED' }],
    ['client certificate', mutual, { ca: CA, ...certificate('client') }, undefined],
    ['no client certificate', mutual, { ca: CA }, { code: /ALERT_CERTIFICATE_REQUIRED$/ }],
    ['no PEM', certificate('server'), { ca: CA, cert: 'x', key: 'y' }, { code: /^ERR_OSSL_/ }],
  ]

  for (const [what, serverTls, tls, expected] of handshakes) {
    test(`${what}: ${expected === undefined ? 'accepted' : 'refused'}`, async t => {
      const server = await startHttpServer(t, (_request, response) => response.end(), serverTls)
      const reply = post(client(t, server.origin, { tls }))
      if (expected === undefined) assert.equal((await reply).status, 200)
      else await assert.rejects(reply, expected)
      assert.equal(server.requests.length, expected === undefined ? 1 : 0)
    })
  }
})
