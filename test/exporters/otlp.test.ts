import assert from 'node:assert/strict'
import type { ServerResponse } from 'node:http'
import { createServer } from 'node:net'
import { describe, type TestContext, test } from 'node:test'
import { gunzipSync } from 'node:zlib'
import type { ExportResult } from '../../src/types/exporter.ts'
import { VERSION } from '../../src/version.ts'
import { sketchBatch } from '../support/batch.ts'
import { CA, certificate } from '../support/certificates.ts'
import { exportBatch, exporterFor } from '../support/exporters.ts'
import { closedPort, listen, startHttpServer } from '../support/http-server.ts'
import { OfficialRequest, officialEncode, officialType } from '../support/official-otlp.ts'
import { encodeOtlpJson } from '../support/otlp-json.ts'
import { startProxy } from '../support/proxy-server.ts'

const MIB = 1024 * 1024
const BATCH = sketchBatch({ id: 1, name: 'first' }, { id: 2, name: 'second' })
/** ExportTraceServiceResponse { partial_success { rejected_spans: 7, error_message: 'bad attr' } }. */
const PARTIAL_SUCCESS = Buffer.from('0a0c080712086261642061747472', 'hex')

/** Sends the batch to a server that answers like this. */
async function resultOf(t: TestContext, answer: (response: ServerResponse) => void): Promise<ExportResult> {
  const server = await startHttpServer(t, (_request, response) => answer(response))
  return await exportBatch(exporterFor(t, 'otlp', { url: `${server.origin}/v1/traces` }), BATCH)
}

function spanNames(body: Uint8Array): string[] {
  const { resourceSpans } = OfficialRequest.toObject(OfficialRequest.decode(body), {}) as {
    resourceSpans: { scopeSpans: { spans: { name: string }[] }[] }[]
  }
  return resourceSpans.flatMap(each => each.scopeSpans.flatMap(({ spans }) => spans.map(({ name }) => name)))
}

describe('the request', () => {
  for (const compression of ['none', 'gzip'] as const) {
    test(`is the batch in protobuf, compression ${compression}`, async t => {
      const server = await startHttpServer(t, (_request, response) => response.end())
      const exporter = await exporterFor(t, 'otlp', { url: `${server.origin}/v1/traces`, compression })
      assert.deepEqual(await exportBatch(exporter, BATCH), { outcome: 'acked' })
      const { method, path, headers, body } = server.requests[0]!
      assert.equal(`${method} ${path}`, 'POST /v1/traces')
      assert.equal(headers['content-type'], 'application/x-protobuf')
      assert.equal(headers['user-agent'], `blueprint-tracing/${VERSION}`)
      assert.equal(headers['content-encoding'], compression === 'gzip' ? 'gzip' : undefined)
      assert.equal(headers['content-length'], String(body.length))
      assert.deepEqual(spanNames(compression === 'gzip' ? gunzipSync(body) : body), ['first', 'second'])
    })
  }

  for (const compression of ['none', 'gzip'] as const) {
    test(`is the batch in JSON where that is the protocol, compression ${compression}`, async t => {
      const server = await startHttpServer(t, (_request, response) => response.end())
      const exporter = await exporterFor(t, 'otlp', {
        url: `${server.origin}/v1/traces`,
        protocol: 'http/json',
        compression,
      })
      assert.deepEqual(await exportBatch(exporter, BATCH), { outcome: 'acked' })
      const { headers, body } = server.requests[0]!
      assert.equal(headers['content-type'], 'application/json')
      assert.equal(headers['content-length'], String(body.length))
      const json = (compression === 'gzip' ? gunzipSync(body) : body).toString()
      assert.deepEqual(spanNames(encodeOtlpJson(json)), ['first', 'second'])
      assert.deepEqual(encodeOtlpJson(json), new Uint8Array(BATCH.request()))
    })
  }

  test('in JSON is answered in JSON', async t => {
    const server = await startHttpServer(t, (_request, response) => {
      response.setHeader('content-type', 'application/json')
      response.end('{"partialSuccess":{"rejectedSpans":"1","errorMessage":"bad attr"}}')
    })
    const result = await exportBatch(
      exporterFor(t, 'otlp', { url: `${server.origin}/v1/traces`, protocol: 'http/json' }),
      BATCH,
    )
    assert.deepEqual(result, {
      outcome: 'acked',
      rejected: 1,
      message: `${server.origin}/v1/traces: the server refused 1 of 2 spans: bad attr`,
    })
  })

  test('carries the headers of the configuration, which may name another agent', async t => {
    const server = await startHttpServer(t, (_request, response) => response.end())
    const headers = { 'x-api-key': 'k=1', 'user-agent': 'own/1', 'content-type': 'text/plain' }
    await exportBatch(exporterFor(t, 'otlp', { url: server.origin, headers }), BATCH)
    const received = server.requests[0]!.headers
    assert.equal(received['x-api-key'], 'k=1')
    assert.equal(received['user-agent'], 'own/1')
    assert.equal(received['content-type'], 'application/x-protobuf')
  })

  test('follows the last one on the same connection', async t => {
    const server = await startHttpServer(t, (_request, response) => response.end())
    const exporter = await exporterFor(t, 'otlp', { url: server.origin })
    for (let i = 0; i < 4; i++) assert.deepEqual(await exportBatch(exporter, BATCH), { outcome: 'acked' })
    assert.equal(server.connections(), 1)
  })

  test('goes through TLS and a proxy', async t => {
    const server = await startHttpServer(t, (_request, response) => response.end(), {
      ...certificate('server'),
      ca: CA,
      requestCert: true,
    })
    const proxy = await startProxy(t, server.port)
    const url = 'https://collector.test/v1/traces'
    const tls = { ca: CA, serverName: 'localhost', ...certificate('client') }
    assert.deepEqual(await exportBatch(exporterFor(t, 'otlp', { url, tls, proxy: proxy.origin }), BATCH), {
      outcome: 'acked',
    })
    assert.deepEqual(spanNames(server.requests[0]!.body), ['first', 'second'])
  })

  test('over 64 MiB is not sent', async t => {
    const server = await startHttpServer(t, (_request, response) => response.end())
    const huge = { ...BATCH, request: () => new Uint8Array(64 * MIB + 1) }
    assert.deepEqual(await exportBatch(exporterFor(t, 'otlp', { url: `${server.origin}/` }), huge), {
      outcome: 'too_large',
      message: `${server.origin}/: the request is over 64 MiB; cut long values (limits.attributeValueLength or OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT)`,
    })
    assert.equal(server.connections(), 0)
  })

  test('of exactly 64 MiB is sent', async t => {
    const server = await startHttpServer(t, (_request, response) => response.end())
    const exporter = await exporterFor(t, 'otlp', { url: server.origin, compression: 'gzip' })
    const large = { ...BATCH, request: () => new Uint8Array(64 * MIB) }
    assert.deepEqual(await exportBatch(exporter, large), { outcome: 'acked' })
  })
})

const outcomes: [status: number, outcome: ExportResult['outcome'], message: RegExp | undefined][] = [
  [200, 'acked', undefined],
  [202, 'acked', undefined],
  [204, 'acked', undefined],
  [301, 'rejected', /HTTP 301: redirected elsewhere/],
  [400, 'rejected', /HTTP 400: the server cannot read the request/],
  [401, 'rejected', /HTTP 401: credentials are missing or wrong/],
  [403, 'rejected', /HTTP 403: the credentials lack a permission or role/],
  [404, 'rejected', /HTTP 404: nothing is there/],
  [408, 'retry', /HTTP 408/],
  [413, 'too_large', /HTTP 413: the request is too large for the server/],
  [415, 'rejected', /HTTP 415/],
  [429, 'retry', /HTTP 429/],
  [500, 'rejected', /HTTP 500: the server failed/],
  [501, 'rejected', /HTTP 501/],
  [502, 'retry', /HTTP 502/],
  [503, 'retry', /HTTP 503/],
  [504, 'retry', /HTTP 504/],
  [505, 'rejected', /HTTP 505/],
]

for (const [status, outcome, message] of outcomes) {
  test(`status ${status} means ${outcome}`, async t => {
    const result = await resultOf(t, response => response.writeHead(status).end())
    assert.equal(result.outcome, outcome)
    if (message === undefined) assert.equal(result.message, undefined)
    else assert.match(result.message!, message)
    if (message !== undefined) assert.match(result.message!, /^http:\/\/127\.0\.0\.1:\d+\/v1\/traces: /)
  })
}

const waits: [headers: Record<string, string>, afterMs: number | undefined][] = [
  [{}, undefined],
  [{ 'retry-after': '3' }, 3_000],
  [{ 'retry-after': '0' }, 0],
  [{ 'retry-after': '-3' }, undefined],
  [{ 'retry-after': 'soon' }, undefined],
  [{ 'retry-after': '86400' }, 3_600_000],
  [{ 'retry-after': 'Thu, 15 Jan 2026 12:00:30 GMT', date: 'Thu, 15 Jan 2026 12:00:00 GMT' }, 30_000],
  [{ 'retry-after': 'Thu, 15 Jan 2026 12:00:30 GMT', date: 'a clock without a time' }, 0],
]

for (const [headers, afterMs] of waits) {
  test(`a reply with ${JSON.stringify(headers)} is retried after ${afterMs} ms`, async t => {
    const result = await resultOf(t, response => response.writeHead(503, headers).end())
    assert.equal(result.outcome, 'retry')
    assert.equal('afterMs' in result ? result.afterMs : undefined, afterMs)
  })
}

test('a redirect is not followed, and named without its query', async t => {
  const server = await startHttpServer(t, (_request, response) => {
    response.writeHead(307, { location: '/elsewhere?key=secret' }).end()
  })
  const result = await exportBatch(exporterFor(t, 'otlp', { url: `${server.origin}/v1/traces?key=secret` }), BATCH)
  assert.deepEqual(result, {
    outcome: 'rejected',
    message: `${server.origin}/v1/traces: HTTP 307: redirected to ${server.origin}/elsewhere, which is not followed; set the final URL`,
  })
  assert.equal(server.requests.length, 1)
})

describe('partial success', () => {
  const Response = officialType('collector.trace.v1.ExportTraceServiceResponse')
  const response = (rejectedSpans: number, errorMessage: string) =>
    officialEncode(Response, { partialSuccess: { rejectedSpans, errorMessage } })

  const replies: [what: string, type: string, body: Uint8Array, expected: object][] = [
    [
      'golden bytes',
      'application/x-protobuf',
      PARTIAL_SUCCESS,
      { rejected: 2, message: /refused 2 of 2 spans: bad attr$/ },
    ],
    [
      'one refused',
      'application/x-protobuf',
      response(1, 'why'),
      { rejected: 1, message: /refused 1 of 2 spans: why$/ },
    ],
    [
      'no reason',
      'application/x-protobuf',
      response(1, ''),
      { rejected: 1, message: /refused 1 of 2 spans: it gives no/ },
    ],
    ['a warning', 'application/x-protobuf', response(0, 'slow\nnow'), { message: /: the server warns: slow now$/ }],
    ['nothing to say', 'application/x-protobuf', response(0, ''), {}],
    ['fewer than none', 'application/x-protobuf', response(-1, ''), {}],
    ['a long reason', 'application/x-protobuf', response(1, 'x'.repeat(999)), { rejected: 1, message: /: x{199}…$/ }],
    [
      'bytes cut short',
      'application/x-protobuf',
      PARTIAL_SUCCESS.subarray(0, 9),
      { message: /: the answer is not one of OTLP/ },
    ],
    ['plain text', 'text/plain', Buffer.from('<ok>'), { message: /is this the URL of a collector\?$/ }],
    ['an empty page', 'text/html', new Uint8Array(), {}],
    [
      'JSON',
      'application/json; charset=utf-8',
      Buffer.from('{"partialSuccess":{"rejectedSpans":"1","errorMessage":"why"}}'),
      { rejected: 1, message: /refused 1 of 2 spans: why$/ },
    ],
    ['empty JSON', 'application/json', Buffer.from('{}'), {}],
  ]

  for (const [what, type, body, expected] of replies) {
    test(`${what} is acknowledged`, async t => {
      const result = await resultOf(t, reply => reply.writeHead(200, { 'content-type': type }).end(body))
      const { message, ...rest } = { message: undefined, ...expected } as { message: RegExp | undefined }
      const { message: said, ...outcome } = result
      assert.deepEqual(outcome, { outcome: 'acked', ...rest })
      if (message === undefined) assert.equal(said, undefined)
      else assert.match(said!, message)
    })
  }
})

test('a web page is no acknowledgement', async t => {
  const page = (reply: ServerResponse): unknown =>
    reply.writeHead(200, { 'content-type': 'text/html' }).end('<title>hello')
  const result = await resultOf(t, page)
  assert.equal(result.outcome, 'rejected')
  assert.match(result.message!, /\/v1\/traces: a web page answers; is this the URL of a collector\?$/)
})

describe('what a server repeats of the request', () => {
  const repeat = (status: number) => async (t: TestContext) => {
    const server = await startHttpServer(t, ({ headers, path }, response) => {
      const message = `no ${headers['x-key']} at ${path}`
      const partialSuccess = { rejectedSpans: 1, errorMessage: message }
      response
        .writeHead(status, { 'content-type': 'application/json' })
        .end(JSON.stringify({ message, partialSuccess }))
    })
    const url = `${server.origin}/v1/traces?token=secret-query`
    const { message } = await exportBatch(exporterFor(t, 'otlp', { url, headers: { 'x-key': 'secret-key' } }), BATCH)
    assert.match(message!, /no \[hidden\] at \/v1\/traces\?token=\[hidden\]/)
    assert.doesNotMatch(message!, /secret/)
  }
  test('is hidden where it refuses the request', repeat(401))
  test('is hidden where it refuses spans', repeat(200))
})

describe('a server by whose clock it is an hour later', () => {
  const late = new Date(Date.now() + 3_600_000).toUTCString()
  const answers: [what: string, answer: (response: ServerResponse) => void, message: RegExp | undefined][] = [
    ['is remarked upon once', response => response.end(), /: the clock here is \d+ s behind the server's, /],
    ['is not, while it fails', response => response.writeHead(503).end(), /HTTP 503/],
  ]
  for (const [what, answer, message] of answers) {
    test(what, async t => {
      const server = await startHttpServer(t, (_, response) => answer(response.setHeader('date', late)))
      const exporter = await exporterFor(t, 'otlp', { url: `${server.origin}/v1/traces` })
      assert.match((await exportBatch(exporter, BATCH)).message!, message!)
      assert.doesNotMatch((await exportBatch(exporter, BATCH)).message ?? '', /clock/)
    })
  }
})

test('what the server says about a refusal is in the message', async t => {
  const status = Buffer.from('0803120862616420626f6479', 'hex')
  const result = await resultOf(t, response => {
    response.writeHead(400, { 'content-type': 'application/x-protobuf' }).end(status)
  })
  assert.match(result.message!, /HTTP 400: the server cannot read the request \(it says: bad body\)$/)
})

describe('without a reply', () => {
  const OVERLOADED = 'is the server overloaded, or is this the port of something else?'
  const SECRET_QUERY = '/v1/traces?key=secret'

  test('a refused connection is retried', async t => {
    const port = await closedPort()
    const result = await exportBatch(exporterFor(t, 'otlp', { url: `http://127.0.0.1:${port}${SECRET_QUERY}` }), BATCH)
    const message = `http://127.0.0.1:${port}/v1/traces: connection refused; is the collector running, and on this port?`
    assert.deepEqual(result, { outcome: 'retry', message })
  })

  test('a reset connection is retried', async t => {
    const port = await listen(
      t,
      createServer(socket => socket.once('data', () => socket.resetAndDestroy())),
    )
    const result = await exportBatch(exporterFor(t, 'otlp', { url: `http://127.0.0.1:${port}${SECRET_QUERY}` }), BATCH)
    assert.equal(result.outcome, 'retry')
    assert.match(result.message!, /^http:\/\/127\.0\.0\.1:\d+\/v1\/traces: the connection was closed/)
  })

  test('a timeout is retried', async t => {
    const server = await startHttpServer(t, () => {})
    const result = await exportBatch(exporterFor(t, 'otlp', { url: server.origin, timeoutMs: 50 }), BATCH)
    assert.deepEqual(result, { outcome: 'retry', message: `${server.origin}/: no answer within 50 ms; ${OVERLOADED}` })
  })

  test('an aborted request is retried', async t => {
    const abort = new AbortController()
    const server = await startHttpServer(t, () => abort.abort())
    const result = await exportBatch(exporterFor(t, 'otlp', { url: server.origin }), BATCH, abort.signal)
    const message = `${server.origin}/: no answer before the request was given up; ${OVERLOADED}`
    assert.deepEqual(result, { outcome: 'retry', message })
  })

  test('a reply over 4 MiB is final', async t => {
    const result = await resultOf(t, response => response.end(Buffer.alloc(4 * MIB + 1)))
    assert.equal(result.outcome, 'rejected')
    assert.match(result.message!, /: response over 4 MiB$/)
  })

  test('after close nothing is sent', async t => {
    const server = await startHttpServer(t, (_request, response) => response.end())
    const exporter = await exporterFor(t, 'otlp', { url: server.origin })
    assert.deepEqual(await exportBatch(exporter, BATCH), { outcome: 'acked' })
    await exporter.close!()
    const result = await exportBatch(exporter, BATCH)
    assert.deepEqual(result, {
      outcome: 'retry',
      message: `${server.origin}/: the connection was closed by this process`,
    })
    assert.equal(server.requests.length, 1)
  })
})
