import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import { initTracing } from '../../src/index.ts'
import type { ExportResult } from '../../src/types/exporter.ts'
import { sketchBatch } from '../support/batch.ts'
import { exportBatch, exporterFor } from '../support/exporters.ts'
import { closedPort, startHttpServer } from '../support/http-server.ts'
import { assertBalanced } from '../support/ledger.ts'

const BATCH = sketchBatch({ id: 1, name: 'first' }, { id: 2, name: 'second', parent: 1 })

function exportTo(t: TestContext, url: string, headers = {}): Promise<ExportResult> {
  return exportBatch(exporterFor(t, 'zipkin', { url, headers }), BATCH)
}

test('a batch is one list of spans, and asks proxies not to trace it', async t => {
  const server = await startHttpServer(t, (_request, response) => response.writeHead(202).end())
  const result = await exportTo(t, `${server.origin}/api/v2/spans`, { authorization: 'Basic bWU6c2VjcmV0' })
  assert.deepEqual(result, { outcome: 'acked' })
  const { method, path, headers, body } = server.requests[0]!
  assert.equal(`${method} ${path}`, 'POST /api/v2/spans')
  assert.deepEqual(
    [headers['content-type'], headers.b3, headers.authorization],
    ['application/json', '0', 'Basic bWU6c2VjcmV0'],
  )
  const spans = JSON.parse(body.toString()) as { name: string; parentId?: string }[]
  assert.deepEqual(
    spans.map(({ name, parentId }) => [name, parentId]),
    [
      ['first', undefined],
      ['second', '0000000000000001'],
    ],
  )
})

describe('a status', () => {
  const rows: readonly [status: number, outcome: ExportResult['outcome'], clause: RegExp][] = [
    [400, 'rejected', /HTTP 400: the server cannot read the request/],
    [401, 'rejected', /HTTP 401: credentials are missing or wrong; put user name and password into the URL/],
    [404, 'rejected', /HTTP 404: nothing is there; the path of a Zipkin endpoint usually ends in \/api\/v2\/spans/],
    [413, 'too_large', /HTTP 413/],
    [415, 'rejected', /HTTP 415: .* is this a Zipkin endpoint\?/],
    [429, 'retry', /HTTP 429/],
    [500, 'rejected', /HTTP 500/],
    [503, 'retry', /HTTP 503/],
  ]
  for (const [status, outcome, clause] of rows) {
    test(`${status} is ${outcome}`, async t => {
      const server = await startHttpServer(t, (_request, response) => response.writeHead(status).end())
      const result = await exportTo(t, `${server.origin}/spans`)
      assert.equal(result.outcome, outcome)
      assert.match(result.message ?? '', clause)
    })
  }

  test('of success with a web page is no acknowledgement', async t => {
    const server = await startHttpServer(t, (_request, response) => {
      response.setHeader('content-type', 'text/html')
      response.end('<title>hello</title>')
    })
    const result = await exportTo(t, `${server.origin}/`)
    assert.deepEqual(result, {
      outcome: 'rejected',
      message: `${server.origin}/: a web page answers; is this the URL of a Zipkin server?`,
    })
  })
})

test('a server that is not there is tried again', async t => {
  const result = await exportTo(t, `http://127.0.0.1:${await closedPort()}/api/v2/spans`)
  assert.equal(result.outcome, 'retry')
  assert.match(result.message ?? '', /connection refused/)
})

test('spans arrive and the ledger balances', async t => {
  const server = await startHttpServer(t, (_request, response) => response.writeHead(202).end())
  const tracing = initTracing({
    serviceName: 'zipkin test',
    exporters: { kind: 'zipkin', url: server.origin },
    exportThread: 'main',
    logger: false,
    handleSignals: false,
  })
  tracing.tracer.span('outer', () => tracing.tracer.span('inner', () => {}))
  assert.deepEqual(await tracing.shutdown(), { ok: true, pending: 0 })
  const { path, body } = server.requests[0]!
  assert.equal(path, '/api/v2/spans')
  const spans = JSON.parse(body.toString()) as { name: string; localEndpoint: { serviceName: string } }[]
  assert.deepEqual(
    spans.map(({ name, localEndpoint }) => [name, localEndpoint.serviceName]),
    [
      ['inner', 'zipkin test'],
      ['outer', 'zipkin test'],
    ],
  )
  assertBalanced(tracing.stats())
  assert.equal(tracing.stats().exporters.zipkin?.acked, 2)
})
