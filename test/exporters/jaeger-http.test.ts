import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import { initTracing } from '../../src/index.ts'
import type { ExportResult } from '../../src/types/exporter.ts'
import { sketchBatch } from '../support/batch.ts'
import { exportBatch, exporterFor } from '../support/exporters.ts'
import { closedPort, startHttpServer } from '../support/http-server.ts'
import { decodeBody } from '../support/jaeger-thrift.ts'
import { assertBalanced } from '../support/ledger.ts'

const long = { key: 'long', value: { stringValue: 'x'.repeat(200_000) } }
const BATCH = sketchBatch({ id: 1, name: 'first', attributes: [long] }, { id: 2, name: 'second', parent: 1 })

function exportTo(t: TestContext, url: string, headers = {}): Promise<ExportResult> {
  return exportBatch(exporterFor(t, 'jaeger', { transport: 'http/thrift.binary', url, headers }), BATCH)
}

test('a batch is the body of one request, whatever its size, and is acknowledged', async t => {
  const server = await startHttpServer(t, (_request, response) => response.writeHead(202).end())
  const result = await exportTo(t, `${server.origin}/api/traces`, { authorization: 'Basic bWU6c2VjcmV0' })
  assert.deepEqual(result, { outcome: 'acked' })
  const { method, path, headers, body } = server.requests[0]!
  assert.equal(`${method} ${path}`, 'POST /api/traces')
  assert.deepEqual(
    [headers['content-type'], headers.authorization],
    ['application/vnd.apache.thrift.binary', 'Basic bWU6c2VjcmV0'],
  )
  const { process, spans } = decodeBody(body)
  assert.equal(process.serviceName, 'test')
  assert.deepEqual(
    spans.map(({ operationName, parentSpanId }) => [operationName, parentSpanId]),
    [
      ['first', 0n],
      ['second', 1n],
    ],
  )
  assert.equal(spans[0]!.tags![0]!.value, long.value.stringValue)
})

describe('a status', () => {
  const rows: readonly [status: number, outcome: ExportResult['outcome'], clause: RegExp][] = [
    [200, 'acked', /^$/],
    [301, 'rejected', /HTTP 301: redirected elsewhere, which is not followed; set the final URL/],
    [400, 'rejected', /HTTP 400: the server cannot read the request/],
    [401, 'rejected', /HTTP 401: credentials are missing or wrong; put user name and password into the URL/],
    [403, 'rejected', /HTTP 403/],
    [404, 'rejected', /HTTP 404: nothing is there; the path of a Jaeger collector usually ends in \/api\/traces/],
    [408, 'retry', /HTTP 408/],
    [413, 'too_large', /HTTP 413/],
    [415, 'rejected', /HTTP 415: .* is this a Jaeger collector\?/],
    [429, 'retry', /HTTP 429/],
    // Jaeger says so where it has no room.
    [500, 'retry', /HTTP 500: the server failed; its log may tell why \(it says: server busy\)/],
    [502, 'retry', /HTTP 502/],
    [503, 'retry', /HTTP 503/],
    [504, 'retry', /HTTP 504/],
    [501, 'rejected', /HTTP 501/],
  ]
  for (const [status, outcome, clause] of rows) {
    test(`${status} is ${outcome}`, async t => {
      const server = await startHttpServer(t, (_request, response) => {
        response.writeHead(status, { 'content-type': 'text/plain' }).end('server busy')
      })
      const result = await exportTo(t, `${server.origin}/spans`)
      assert.equal(result.outcome, outcome)
      assert.match(result.message ?? '', clause)
    })
  }

  test('of success with a web page is no acknowledgement', async t => {
    const server = await startHttpServer(t, (_request, response) => {
      response.setHeader('content-type', 'text/html')
      response.end('<title>Jaeger UI</title>')
    })
    const result = await exportTo(t, `${server.origin}/api/traces`)
    assert.deepEqual(result, {
      outcome: 'rejected',
      message: `${server.origin}/api/traces: a web page answers; is this the URL of a Jaeger collector?`,
    })
  })
})

test('a server that is not there is tried again', async t => {
  const result = await exportTo(t, `http://127.0.0.1:${await closedPort()}/api/traces`)
  assert.equal(result.outcome, 'retry')
  assert.match(result.message ?? '', /connection refused/)
})

test('spans arrive and the ledger balances', async t => {
  const server = await startHttpServer(t, (_request, response) => response.writeHead(202).end())
  const tracing = initTracing({
    serviceName: 'jaeger test',
    exporters: { kind: 'jaeger', url: server.origin },
    exportThread: 'main',
    logger: false,
    handleSignals: false,
  })
  tracing.tracer.span('outer', () => tracing.tracer.span('inner', () => {}))
  assert.deepEqual(await tracing.shutdown(), { ok: true, pending: 0 })
  const { path, body } = server.requests[0]!
  assert.equal(path, '/api/traces')
  const { process, spans } = decodeBody(body)
  assert.equal(process.serviceName, 'jaeger test')
  assert.deepEqual(
    spans.map(({ operationName }) => operationName),
    ['inner', 'outer'],
  )
  assertBalanced(tracing.stats())
  assert.equal(tracing.stats().exporters.jaeger?.acked, 2)
})
