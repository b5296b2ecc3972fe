import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import { initTracing } from '../../src/index.ts'
import type { CloudTraceExporterConfig } from '../../src/types/config.ts'
import type { Exporter, ExportResult, SpanBatch } from '../../src/types/exporter.ts'
import { sketchBatch } from '../support/batch.ts'
import { credentialsFor, exportBatch, type GoogleSetup, exporterFor as openExporter } from '../support/exporters.ts'
import { ACCOUNT, answer, type CredentialType, type Google, startGoogle } from '../support/google.ts'
import { writeCredentials } from '../support/google-files.ts'
import { closedPort } from '../support/http-server.ts'
import { assertBalanced } from '../support/ledger.ts'

const BATCH = sketchBatch({ id: 1, name: 'first' }, { id: 2, name: 'second', parent: 1 })
const WRITE = ':batchWrite'

interface Setup extends GoogleSetup {
  readonly config?: Partial<CloudTraceExporterConfig>
}

function exporterFor(t: TestContext, google: Google, { config, ...setup }: Setup = {}): Promise<Exporter> {
  return openExporter(t, 'gcp_trace', { url: `${google.origin}/`, google: credentialsFor(t, google, setup), ...config })
}

test('a batch is one write, with a token that all batches share', async t => {
  const google = await startGoogle(t)
  const exporter = await exporterFor(t, google, { quotaProjectId: 'payer' })
  const results = await Promise.all(Array.from({ length: 16 }, () => exportBatch(exporter, BATCH)))
  assert.deepEqual(results, Array(16).fill({ outcome: 'acked' }))
  assert.equal(google.count('/token'), 1)
  const { method, path, headers } = google.requests.at(-1)!
  assert.equal(`${method} ${path}`, 'POST /v2/projects/demo/traces:batchWrite')
  assert.deepEqual([headers['content-type'], headers['x-goog-user-project']], ['application/json', 'payer'])
  assert.deepEqual(
    google.spans.slice(0, 2).map(({ name, displayName, parentSpanId }) => [name, displayName, parentSpanId]),
    [
      ['projects/demo/traces/00000000000000000000000000000001/spans/0000000000000001', { value: 'first' }, undefined],
      [
        'projects/demo/traces/00000000000000000000000000000001/spans/0000000000000002',
        { value: 'second' },
        '0000000000000001',
      ],
    ],
  )
})

describe('the project is', () => {
  const named = { ...BATCH, resource: { 'gcp.project_id': 'of-resource' } }
  const other = { ...BATCH, resource: { 'gcp.project.id': 'of-resource-too' } }
  const rows: readonly [projectId: string | undefined, batch: SpanBatch, type: CredentialType, project: string][] = [
    ['example.com:given', named, 'service_account', 'example.com%3Agiven'],
    [undefined, named, 'service_account', 'of-resource'],
    [undefined, other, 'service_account', 'of-resource-too'],
    [undefined, BATCH, 'service_account', 'key-project'],
    [undefined, BATCH, 'authorized_user', 'metadata-project'],
  ]
  for (const [projectId, batch, type, project] of rows) {
    test(`${project}, given ${projectId}, with a resource of ${JSON.stringify(batch.resource)}, ${type}`, async t => {
      const google = await startGoogle(t)
      const exporter = await exporterFor(t, google, { type, config: { projectId } })
      assert.deepEqual(await exportBatch(exporter, batch), { outcome: 'acked' })
      assert.ok(google.requests.at(-1)!.path.startsWith(`/v2/projects/${project}/`), google.requests.at(-1)!.path)
    })
  }

  test('asked for again while nobody knows it', async t => {
    const google = await startGoogle(t)
    google.fail('/project-id', answer(500, ''))
    const exporter = await exporterFor(t, google, { type: 'authorized_user', config: { projectId: undefined } })
    assert.deepEqual(await exportBatch(exporter, BATCH), {
      outcome: 'retry',
      message: `${google.origin}/: no project is known; set GCP_PROJECT_ID`,
    })
    assert.deepEqual(await exportBatch(exporter, BATCH), { outcome: 'acked' })
  })
})

describe('a status', () => {
  const role = `HTTP 403: ${ACCOUNT} lacks a permission; grant it the role roles/cloudtrace.agent in project demo`
  const rows: readonly [status: number, outcome: ExportResult['outcome'], clause: string][] = [
    [302, 'rejected', 'HTTP 302: redirected'],
    [400, 'rejected', 'HTTP 400: the server cannot read the request'],
    [403, 'rejected', role],
    [
      404,
      'rejected',
      'HTTP 404: nothing is there; is this the URL of the Cloud Trace API, and demo the id of a project?',
    ],
    [413, 'too_large', 'HTTP 413'],
    [429, 'retry', 'HTTP 429: the server asks for fewer requests'],
    [500, 'rejected', 'HTTP 500'],
    [503, 'retry', 'HTTP 503'],
    [504, 'retry', 'HTTP 504'],
  ]
  for (const [status, outcome, clause] of rows) {
    test(`${status} is ${outcome}`, async t => {
      const google = await startGoogle(t)
      const echo = { error: { code: status, status: 'X', message: 'it is so' } }
      google.fail(WRITE, answer(status, echo))
      const result = await exportBatch(exporterFor(t, google), BATCH)
      assert.equal(result.outcome, outcome)
      assert.ok(
        result.message!.startsWith(`${google.origin}/v2/projects/demo/traces:batchWrite: ${clause}`),
        result.message,
      )
      if (status !== 302) assert.ok(result.message!.endsWith('(it says: it is so)'), result.message)
    })
  }

  test('with the token in its message does not show it', async t => {
    const google = await startGoogle(t)
    google.fail(WRITE, (response, { headers }) => {
      answer(403, { error: { message: `who is ${headers.authorization}?` } })(response, google.requests[0]!)
    })
    assert.match(
      (await exportBatch(exporterFor(t, google), BATCH)).message!,
      /\(it says: who is Bearer \[hidden\]\?\)$/,
    )
  })

  test('of success with a web page is no acknowledgement', async t => {
    const google = await startGoogle(t)
    google.fail(WRITE, answer(200, '<p>hello', { 'content-type': 'text/html' }))
    assert.deepEqual(await exportBatch(exporterFor(t, google), BATCH), {
      outcome: 'rejected',
      message: `${google.origin}/v2/projects/demo/traces:batchWrite: a web page answers; is this the URL of the Cloud Trace API?`,
    })
  })
})

describe('401', () => {
  test('is answered by a new token, once for all requests with the old one', async t => {
    const google = await startGoogle(t)
    const exporter = await exporterFor(t, google)
    await exportBatch(exporter, BATCH)
    google.revokeAll()
    const results = await Promise.all(Array.from({ length: 8 }, () => exportBatch(exporter, BATCH)))
    assert.deepEqual(results, Array(8).fill({ outcome: 'acked' }))
    assert.equal(google.count('/token'), 2)
  })

  test('to a new token as well is final', async t => {
    const google = await startGoogle(t)
    google.fail(WRITE, answer(401, { error: { message: 'no' } }), 2)
    const exporter = await exporterFor(t, google)
    const { outcome, message } = await exportBatch(exporter, BATCH)
    assert.equal(outcome, 'rejected')
    assert.match(
      message!,
      /HTTP 401: credentials are missing or wrong; check those that GOOGLE_APPLICATION_CREDENTIALS/,
    )
    assert.equal(google.count(WRITE), 2)
    assert.deepEqual(await exportBatch(exporter, BATCH), { outcome: 'acked' })
  })
})

describe('credentials that', () => {
  const rows: readonly [
    what: string,
    fault: ReturnType<typeof answer>,
    outcome: ExportResult['outcome'],
    clause: RegExp,
  ][] = [
    [
      'were revoked',
      answer(400, { error: 'invalid_grant' }),
      'rejected',
      /: HTTP 400 \(it says: invalid_grant\); was the key deleted/,
    ],
    ['cannot be had at the moment', answer(503, ''), 'retry', /\/token: HTTP 503$/],
  ]
  for (const [what, fault, outcome, clause] of rows) {
    test(`${what}: ${outcome}`, async t => {
      const google = await startGoogle(t)
      google.fail('/token', fault)
      const exporter = await exporterFor(t, google)
      const result = await exportBatch(exporter, BATCH)
      assert.equal(result.outcome, outcome)
      assert.match(result.message!, clause)
      assert.ok(
        result.message!.startsWith(`${google.origin}/v2/projects/demo/traces:batchWrite: ${google.origin}/token`),
      )
      assert.deepEqual(await exportBatch(exporter, BATCH), { outcome: 'acked' })
    })
  }
})

test('a server that is not there is tried again', async t => {
  const google = await startGoogle(t)
  const result = await exportBatch(
    exporterFor(t, google, { config: { url: `http://127.0.0.1:${await closedPort()}/` } }),
    BATCH,
  )
  assert.equal(result.outcome, 'retry')
  assert.match(result.message!, /connection refused/)
})

test('a batch over 8 MiB of JSON is too large, and nothing is sent', async t => {
  const google = await startGoogle(t)
  const attributes = Array.from({ length: 150 }, (_, i) => ({
    key: `k${i}`,
    value: { stringValue: 'x'.repeat(60_000) },
  }))
  const result = await exportBatch(exporterFor(t, google), sketchBatch({ id: 1, attributes }))
  assert.equal(result.outcome, 'too_large')
  assert.match(result.message!, /the request is over 8 MiB; cut long values/)
  assert.equal(google.count(WRITE), 0)
})

test('one span of 20 MiB among 499 is lost alone, and the ledger balances', async t => {
  const google = await startGoogle(t)
  const credentialsFile = writeCredentials(t, google.credentials('service_account'))
  const tracing = initTracing({
    serviceName: 'cloud trace test',
    exporters: { kind: 'gcp_trace', url: google.origin, projectId: 'demo', credentialsFile },
    limits: { attributeCount: 1_000 },
    exportThread: 'main',
    logger: false,
    handleSignals: false,
  })
  for (let i = 0; i < 500; i++) {
    const span = tracing.tracer.startSpan(i === 250 ? 'large' : `span ${i}`)
    if (i === 250) for (let k = 0; k < 320; k++) span.setAttribute(`k${k}`, 'x'.repeat(64 * 1_024))
    span.end()
  }
  assert.deepEqual(await tracing.shutdown(), { ok: false, pending: 0 })
  const stats = tracing.stats()
  assertBalanced(stats)
  const { acked, dropped, lastError } = stats.exporters.gcp_trace!
  assert.deepEqual([acked, dropped.too_large], [499, 1])
  assert.match(lastError!, /span "large" is too large/)
  assert.equal(google.spans.length, 499)
})
