import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import { status } from '@grpc/grpc-js'
import type { OtlpExporterConfig } from '../../src/types/config.ts'
import type { Exporter, ExportResult, SpanBatch } from '../../src/types/exporter.ts'
import { sketchBatch } from '../support/batch.ts'
import { credentialsFor, exportBatch, type GoogleSetup, exporterFor as openExporter } from '../support/exporters.ts'
import { ACCOUNT, answer, type CredentialType, type Google, startGoogle, takeOtlp } from '../support/google.ts'
import { type GrpcServer, startGrpcServer } from '../support/grpc-server.ts'

const BATCH = sketchBatch({ id: 1, name: 'first' }, { id: 2, name: 'second', parent: 1 })

interface Setup extends GoogleSetup {
  readonly projectId?: string | undefined
  readonly config?: Partial<OtlpExporterConfig>
}

function exporterFor(t: TestContext, google: Google, setup: Setup = {}): Promise<Exporter> {
  const projectId = 'projectId' in setup ? setup.projectId : 'demo'
  const credentials = credentialsFor(t, google, setup)
  return openExporter(t, 'otlp', {
    url: `${google.origin}/v1/traces`,
    google: { credentials, projectId },
    ...setup.config,
  })
}

/** Google's endpoint over gRPC, which takes the tokens of `google` only. */
function startGoogleGrpc(t: TestContext, google: Google): Promise<GrpcServer> {
  return startGrpcServer(t, ({ metadata, body }, reply) => {
    const authorization = String(metadata.authorization)
    const token = google.tokens.get(authorization.replace('Bearer ', ''))
    if (token === undefined || token.revoked) {
      reply({ code: status.UNAUTHENTICATED, details: `not ${authorization}` })
      return
    }
    google.otlp.push(takeOtlp(body))
    reply(null, Buffer.alloc(0))
  })
}

function attributesOf(request: Record<string, unknown>): Record<string, unknown> {
  const [{ resource }] = request.resourceSpans as [{ resource: { attributes: { key: string; value: object }[] } }]
  return Object.fromEntries(resource.attributes.map(({ key, value }) => [key, Object.values(value)[0]]))
}

describe("OTLP to Google's endpoint", () => {
  for (const protocol of ['http/protobuf', 'http/json', 'grpc'] as const) {
    test(`over ${protocol} has a token and names the project, and 401 is answered by a new token once`, async t => {
      const google = await startGoogle(t)
      const url = protocol === 'grpc' ? `http://127.0.0.1:${(await startGoogleGrpc(t, google)).port}/` : undefined
      const config = { protocol, ...(url === undefined ? {} : { url }) }
      const exporter = await exporterFor(t, google, { config })
      assert.deepEqual(await exportBatch(exporter, BATCH), { outcome: 'acked' })
      google.revokeAll()
      const results = await Promise.all(Array.from({ length: 4 }, () => exportBatch(exporter, BATCH)))
      assert.deepEqual(results, Array(4).fill({ outcome: 'acked' }))
      assert.equal(google.count('/token'), 2)
      assert.equal(google.otlp.length, 5)
      assert.deepEqual(attributesOf(google.otlp[0]!), { 'service.name': 'test', 'gcp.project_id': 'demo' })
    })
  }
})

describe('the project in the resource is', () => {
  const named = { 'service.name': 'test', 'gcp.project_id': 'of-resource' }
  const rows: readonly [projectId: string | undefined, type: CredentialType, resource: object, project: string][] = [
    ['demo', 'service_account', BATCH.resource, 'demo'],
    [undefined, 'service_account', BATCH.resource, 'key-project'],
    [undefined, 'authorized_user', BATCH.resource, 'metadata-project'],
    ['demo', 'service_account', { 'gcp.project.id': 'of-resource-too' }, 'of-resource-too'],
  ]
  for (const [projectId, type, resource, project] of rows) {
    test(`${project}, given ${projectId}, ${type}, and ${JSON.stringify(resource)}`, async t => {
      const google = await startGoogle(t)
      const exporter = await exporterFor(t, google, { type, projectId })
      const batch = { ...BATCH, resource: resource as SpanBatch['resource'] }
      assert.deepEqual(await exportBatch(exporter, batch), { outcome: 'acked' })
      assert.equal(attributesOf(google.otlp[0]!)['gcp.project_id'], project)
    })
  }

  test('left as it is where it is there', async t => {
    const google = await startGoogle(t)
    const exporter = await exporterFor(t, google)
    const request = (): Uint8Array => Buffer.from('not decoded here')
    google.fail('/v1/traces', answer(200, ''))
    assert.deepEqual(await exportBatch(exporter, { ...BATCH, resource: named, request }), { outcome: 'acked' })
    assert.equal(google.requests.at(-1)!.body.toString(), 'not decoded here')
  })

  test('asked for again while nobody knows it', async t => {
    const google = await startGoogle(t)
    google.fail('/project-id', answer(500, ''))
    const exporter = await exporterFor(t, google, { type: 'authorized_user', projectId: undefined })
    assert.deepEqual(await exportBatch(exporter, BATCH), {
      outcome: 'retry',
      message: `${google.origin}/v1/traces: no project is known; set GCP_PROJECT_ID`,
    })
    assert.deepEqual(await exportBatch(exporter, BATCH), { outcome: 'acked' })
  })
})

describe('trouble', () => {
  const rows: readonly [path: string, status: number, outcome: ExportResult['outcome'], clause: RegExp][] = [
    ['/token', 400, 'rejected', /\/token: HTTP 400$/],
    ['/token', 503, 'retry', /\/token: HTTP 503$/],
    ['/v1/traces', 401, 'rejected', /HTTP 401: credentials are missing or wrong; check those that GOOGLE_APPLICATION/],
    [
      '/v1/traces',
      403,
      'rejected',
      new RegExp(`${ACCOUNT} lacks a permission; grant it the role roles/cloudtrace.agent`),
    ],
    ['/v1/traces', 503, 'retry', /HTTP 503/],
  ]
  for (const protocol of ['http/protobuf', 'grpc'] as const) {
    for (const [path, code, outcome, clause] of rows) {
      if (protocol === 'grpc' && path !== '/token') continue
      test(`over ${protocol}: ${code} of ${path} is ${outcome}`, async t => {
        const google = await startGoogle(t)
        google.fail(path, answer(code, {}), 2)
        const result = await exportBatch(exporterFor(t, google, { config: { protocol } }), BATCH)
        assert.equal(result.outcome, outcome, result.message)
        assert.match(result.message!, clause)
      })
    }
  }

  const grpcRows: readonly [code: status, clause: RegExp][] = [
    [status.UNAUTHENTICATED, /gRPC UNAUTHENTICATED: credentials are missing or wrong; check those that .* \[hidden\]/],
    [status.PERMISSION_DENIED, /gRPC PERMISSION_DENIED: .* lacks a permission; grant it the role .* \[hidden\]/],
  ]
  for (const [code, clause] of grpcRows) {
    test(`over grpc: ${status[code]} is final, and the token that it repeats is hidden`, async t => {
      const google = await startGoogle(t)
      const server = await startGrpcServer(t, ({ metadata }, reply) =>
        reply({ code, details: `no: ${metadata.authorization}` }),
      )
      const config = { protocol: 'grpc', url: `http://127.0.0.1:${server.port}/` } as const
      const result = await exportBatch(exporterFor(t, google, { config }), BATCH)
      assert.equal(result.outcome, 'rejected')
      assert.match(result.message!, clause)
      assert.equal(server.calls.length, code === status.UNAUTHENTICATED ? 2 : 1)
    })
  }
})
