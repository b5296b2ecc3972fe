import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import * as grpc from '@grpc/grpc-js'
import type { OtlpExporterConfig } from '../../src/types/config.ts'
import type { Exporter, ExportResult, SpanBatch } from '../../src/types/exporter.ts'
import { VERSION } from '../../src/version.ts'
import { sketchBatch } from '../support/batch.ts'
import { exportBatch, exporterFor as openExporter } from '../support/exporters.ts'
import { answerCall, type GrpcAnswer, startGrpcServer, startHttp2Server } from '../support/grpc-server.ts'
import { closedPort } from '../support/http-server.ts'
import { OfficialRequest } from '../support/official-otlp.ts'

const MIB = 1024 * 1024
const BATCH = sketchBatch({ id: 1, name: 'first' }, { id: 2, name: 'second' })
/** ExportTraceServiceResponse { partial_success { rejected_spans: 7, error_message: 'bad attr' } }. */
const PARTIAL_SUCCESS = Buffer.from('0a0c080712086261642061747472', 'hex')
/** google.rpc.Status with a RetryInfo of 5 s. */
const BUSY = 'CA4SBGJ1c3kaMAoodHlwZS5nb29nbGVhcGlzLmNvbS9nb29nbGUucnBjLlJldHJ5SW5mbxIECgIIBQ=='

function exporterFor(t: TestContext, config: Partial<OtlpExporterConfig> & { url: string }): Promise<Exporter> {
  return openExporter(t, 'otlp', { protocol: 'grpc', ...config })
}

/** Sends the batch to the official server, which answers like this; PORT stands for the server's. */
async function resultOf(t: TestContext, answer: GrpcAnswer): Promise<ExportResult> {
  const { port } = await startGrpcServer(t, answer)
  const result = await exportBatch(exporterFor(t, { url: `http://127.0.0.1:${port}/` }), BATCH)
  return result.message === undefined ? result : { ...result, message: result.message.replace(String(port), 'PORT') }
}

for (const compression of ['none', 'gzip'] as const) {
  test(`a batch is one call, compression ${compression}`, async t => {
    const server = await startGrpcServer(t)
    const url = `http://127.0.0.1:${server.port}/`
    const exporter = await exporterFor(t, { url, compression, headers: { 'x-tenant': 'blue' } })
    assert.deepEqual(await exportBatch(exporter, BATCH), { outcome: 'acked' })
    const { body, metadata } = server.calls[0]!
    assert.deepEqual(new Uint8Array(body), new Uint8Array(BATCH.request()))
    assert.ok(OfficialRequest.decode(body))
    assert.equal(metadata['x-tenant'], 'blue')
    assert.match(String(metadata['user-agent']), new RegExp(`^blueprint-tracing/${VERSION}`))
  })
}

describe('status', () => {
  const said = 'it says'
  const retried = ['CANCELLED', 'DEADLINE_EXCEEDED', 'ABORTED', 'OUT_OF_RANGE', 'UNAVAILABLE', 'DATA_LOSS']
  const names = Object.keys(grpc.status).filter(name => /^[A-Z]/.test(name) && name !== 'OK')
  for (const name of names) {
    for (const afterMs of [undefined, 5_000]) {
      const isRetried = retried.includes(name) || (name === 'RESOURCE_EXHAUSTED' && afterMs !== undefined)
      const outcome = isRetried ? 'retry' : 'rejected'
      test(`${name}${afterMs === undefined ? '' : ' with RetryInfo'}: ${outcome}`, async t => {
        const metadata = new grpc.Metadata()
        if (afterMs !== undefined) metadata.set('grpc-status-details-bin', Buffer.from(BUSY, 'base64'))
        const code = grpc.status[name as keyof typeof grpc.status]
        const { message, ...result } = await resultOf(t, (_call, reply) => reply({ code, details: said, metadata }))
        assert.deepEqual(result, isRetried && afterMs !== undefined ? { outcome, afterMs } : { outcome })
        assert.match(message!, new RegExp(`^http://127\\.0\\.0\\.1:PORT/: gRPC ${name}: .* \\(it says: ${said}\\)$`))
      })
    }
  }

  test('a message over the limit of the server: too_large', async t => {
    const server = await startGrpcServer(t, undefined, undefined, { 'grpc.max_receive_message_length': 10 })
    const { outcome, message } = await exportBatch(exporterFor(t, { url: `http://127.0.0.1:${server.port}/` }), BATCH)
    assert.equal(outcome, 'too_large')
    assert.match(message!, /RESOURCE_EXHAUSTED: the request is too large for the server; raise its limit, or cut long/)
  })

  test('what a server repeats of the credentials is hidden', async t => {
    const server = await startGrpcServer(t, (call, reply) =>
      reply({ code: grpc.status.UNAUTHENTICATED, details: `no such token ${call.metadata.authorization}` }),
    )
    const headers = { authorization: 'Bearer s3cr3t' }
    const { message } = await exportBatch(exporterFor(t, { url: `http://127.0.0.1:${server.port}/`, headers }), BATCH)
    assert.doesNotMatch(message!, /s3cr3t/)
    assert.match(
      message!,
      /UNAUTHENTICATED: credentials are missing or wrong; check headers or OTEL_EXPORTER_OTLP_HEADERS/,
    )
  })
})

describe('an answer', () => {
  const answers: [what: string, body: Buffer, result: ExportResult][] = [
    ['that is empty', Buffer.alloc(0), { outcome: 'acked' }],
    [
      'that refuses a part',
      Buffer.concat([PARTIAL_SUCCESS.subarray(0, 3), Buffer.from([1]), PARTIAL_SUCCESS.subarray(4)]),
      {
        outcome: 'acked',
        rejected: 1,
        message: 'http://127.0.0.1:PORT/: the server refused 1 of 2 spans: bad attr',
      },
    ],
    [
      'that is none of OTLP',
      Buffer.from('oops'),
      {
        outcome: 'acked',
        message: 'http://127.0.0.1:PORT/: the answer is not one of OTLP; is this the URL of a collector?',
      },
    ],
  ]
  for (const [what, body, result] of answers) {
    test(what, async t => assert.deepEqual(await resultOf(t, (_call, reply) => reply(null, body)), result))
  }

  test('without a message', async t => {
    const { origin } = await startHttp2Server(t, stream =>
      stream.respond({ ':status': 200, 'grpc-status': '0' }, { endStream: true }),
    )
    const { outcome, message } = await exportBatch(exporterFor(t, { url: origin }), BATCH)
    assert.equal(outcome, 'acked')
    assert.match(message!, /the answer is not one of OTLP/)
  })

  test('of a web server', async t => {
    const { origin } = await startHttp2Server(t, stream => stream.respond({ ':status': 200 }, { endStream: true }))
    const { outcome, message } = await exportBatch(exporterFor(t, { url: origin }), BATCH)
    assert.equal(outcome, 'rejected')
    assert.match(message!, /gRPC UNKNOWN: the answer is none of gRPC; is this the OTLP port of a collector\?/)
  })

  test('over 4 MiB', async t => {
    const { origin } = await startHttp2Server(t, stream => answerCall(stream, Buffer.alloc(5 * MIB)))
    const { outcome, message } = await exportBatch(exporterFor(t, { url: origin }), BATCH)
    assert.equal(outcome, 'rejected')
    assert.match(message!, /response over 4 MiB$/)
  })
})

describe('no answer', () => {
  test('from a closed port: retry', async t => {
    const url = `http://127.0.0.1:${await closedPort()}/`
    const { outcome, message } = await exportBatch(exporterFor(t, { url }), BATCH)
    assert.equal(outcome, 'retry')
    assert.match(message!, /connection refused; is the collector running/)
  })

  test('in time: retry', async t => {
    const { origin } = await startHttp2Server(t, () => {})
    const { outcome, message } = await exportBatch(exporterFor(t, { url: origin, timeoutMs: 50 }), BATCH)
    assert.equal(outcome, 'retry')
    assert.match(message!, /no answer within 50 ms; is the server overloaded/)
  })

  test('before the signal: retry', async t => {
    const abort = new AbortController()
    const { origin } = await startHttp2Server(t, () => abort.abort())
    const { outcome, message } = await exportBatch(exporterFor(t, { url: origin }), BATCH, abort.signal)
    assert.equal(outcome, 'retry')
    assert.match(message!, /no answer before the request was given up/)
  })
})

test('a request over 64 MiB is not sent', async t => {
  const server = await startGrpcServer(t)
  const batch: SpanBatch = { ...BATCH, count: 2, request: () => new Uint8Array(64 * MIB + 1) }
  const { outcome } = await exportBatch(exporterFor(t, { url: `http://127.0.0.1:${server.port}/` }), batch)
  assert.equal(outcome, 'too_large')
  assert.equal(server.calls.length, 0)
})
