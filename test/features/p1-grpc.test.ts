import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Stats } from '../../src/types/tracing.ts'
import { runChild } from '../support/child.ts'
import { startGrpcServer } from '../support/grpc-server.ts'
import { assertBalanced } from '../support/ledger.ts'
import { OfficialRequest } from '../support/official-otlp.ts'

const program = new URL('programs/ends.mjs', import.meta.url)

const ends = [
  { way: 'natural end', temperature: 'cold', exportThread: 'worker' },
  { way: 'natural end', temperature: 'warm', exportThread: 'main' },
  { way: 'process.exit(3)', temperature: 'cold', exportThread: 'worker' },
  { way: 'process.exit(3)', temperature: 'warm', exportThread: 'worker' },
  { way: 'throw', temperature: 'cold', exportThread: 'worker' },
  { way: 'SIGTERM', temperature: 'warm', exportThread: 'worker' },
]

/** The port is not 4317, so the protocol is asked for. */
for (const { way, temperature, exportThread } of ends) {
  test(`P1: ${way}, ${temperature}, exportThread ${exportThread}: every span is acknowledged over gRPC`, async t => {
    const server = await startGrpcServer(t)
    const { stdout, stderr } = await runChild(program, {
      args: [way, temperature],
      env: {
        OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${server.port}`,
        OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc',
        OTEL_EXPORTER_OTLP_COMPRESSION: temperature === 'warm' ? 'gzip' : 'none',
        TRACING_OPTIONS: JSON.stringify({ exportThread }),
      },
    })
    const spans = new Set(server.calls.flatMap(({ body }) => spanIds(body)))
    assert.equal(spans.size, temperature === 'warm' ? 1001 : 1000, stderr)
    if (way === 'SIGTERM') return
    const stats = JSON.parse(stdout) as Stats
    assertBalanced(stats)
    assert.equal(stats.exporters.otlp?.acked, spans.size)
  })
}

function spanIds(body: Uint8Array): string[] {
  const { resourceSpans } = OfficialRequest.toObject(OfficialRequest.decode(body), { bytes: String }) as {
    resourceSpans: { scopeSpans: { spans: { spanId: string }[] }[] }[]
  }
  return resourceSpans.flatMap(each => each.scopeSpans.flatMap(({ spans }) => spans.map(({ spanId }) => spanId)))
}
