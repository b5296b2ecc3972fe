import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import type { Stats } from '../../src/types/tracing.ts'
import { type ChildResult, runChild } from '../support/child.ts'
import { startHttpServer } from '../support/http-server.ts'
import { type DecodedBatch, decodeBody, decodeDatagram } from '../support/jaeger-thrift.ts'
import { assertBalanced } from '../support/ledger.ts'
import { closedUdpPort, startUdpReceiver } from '../support/udp-receiver.ts'

const SPANS = 1000
const EXIT_TIMEOUT_MS = 500

interface Received {
  readonly endpoint: string
  readonly batches: () => DecodedBatch[]
}

async function receiveUdp(t: TestContext): Promise<Received> {
  const receiver = await startUdpReceiver(t)
  return {
    endpoint: `127.0.0.1:${receiver.port}`,
    batches: () => receiver.datagrams.map(datagram => decodeDatagram(datagram, 'compact')),
  }
}

async function receiveHttp(t: TestContext): Promise<Received> {
  const server = await startHttpServer(t, (_request, response) => response.writeHead(202).end())
  return { endpoint: server.origin, batches: () => server.requests.map(({ body }) => decodeBody(body)) }
}

function end(way: string, temperature: string, endpoint: string, options: object = {}): Promise<ChildResult> {
  return runChild(new URL('programs/ends.mjs', import.meta.url), {
    args: [way, temperature],
    env: { JAEGER_ENDPOINT: endpoint, OTEL_SERVICE_NAME: way, TRACING_OPTIONS: JSON.stringify(options) },
  })
}

function statsOf({ stdout }: ChildResult): Stats {
  const stats = JSON.parse(stdout) as Stats
  assertBalanced(stats)
  return stats
}

describe('P1: nothing that ended is lost on the way out to Jaeger', () => {
  const transports = [
    { over: 'UDP', receive: receiveUdp, outcome: 'sent' },
    { over: 'HTTP', receive: receiveHttp, outcome: 'acked' },
  ] as const
  for (const { over, receive, outcome } of transports) {
    for (const way of ['natural end', 'process.exit(3)', 'throw', 'SIGTERM']) {
      for (const temperature of ['cold', 'warm']) {
        test(`over ${over}: ${way}, ${temperature}: ${SPANS} of ${SPANS}`, async t => {
          const received = await receive(t)
          const result = await end(way, temperature, received.endpoint)
          const batches = received.batches()
          const spans = batches.flatMap(batch => batch.spans)
          const work = spans.filter(({ operationName }) => operationName === 'work')
          assert.equal(work.length, SPANS, result.stderr)
          assert.equal(new Set(spans.map(({ spanId }) => spanId)).size, spans.length, 'no span has arrived twice')
          assert.deepEqual([...new Set(batches.map(({ process }) => process.serviceName))], [way])
          if (result.signal !== null) return
          const stats = statsOf(result)
          assert.equal(stats.exporters.jaeger?.[outcome], spans.length)
          assert.equal(stats.ended, spans.length)
        })
      }
    }
  }
})

test('P2: a port on which no agent listens holds process.exit no longer than exitTimeoutMs, and the loss is told', async t => {
  const endpoint = `127.0.0.1:${await closedUdpPort(t)}`
  const result = await end('process.exit(3)', 'cold', endpoint, { exitTimeoutMs: EXIT_TIMEOUT_MS })
  assert.equal(result.code, 3)
  // Start-up and a noisy machine included; without a limit it would be the two minutes of the retries.
  assert.ok(result.durationMs < EXIT_TIMEOUT_MS + 10_000, `it took ${result.durationMs} ms`)
  assert.equal(statsOf(result).exporters.jaeger?.dropped.exit_timeout, SPANS)
  assert.match(
    result.stderr,
    /^blueprint-tracing: jaeger: udp:\/\/127\.0\.0\.1:\d+: connection refused; is the collector/m,
  )
  assert.match(result.stderr, /^blueprint-tracing: 1000 of 1000 spans did not arrive at jaeger: exit_timeout 1000/m)
})
