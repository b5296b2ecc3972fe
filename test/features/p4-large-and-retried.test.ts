import assert from 'node:assert/strict'
import type { ServerResponse } from 'node:http'
import { describe, type TestContext, test } from 'node:test'
import { gunzipSync } from 'node:zlib'
import type { ExporterStats, Stats } from '../../src/types/tracing.ts'
import { runChild } from '../support/child.ts'
import { type ReceivedRequest, startHttpServer } from '../support/http-server.ts'
import { assertBalanced, droppedSpans } from '../support/ledger.ts'
import { OfficialRequest, officialDecode } from '../support/official-otlp.ts'

const MIB = 1024 * 1024
const RETRIED_SPANS = 5_000
const FAILING_SHARE = 0.7

interface Collector {
  readonly url: string
  /** The ids of the spans in each request, by the status that it was answered with. */
  readonly answered: { readonly status: number; readonly ids: readonly string[] }[]
}

/** A collector, in another process than the program's, that answers each request with the status that `judge` gives it. */
async function startCollector(t: TestContext, judge: (body: Buffer) => number): Promise<Collector> {
  const answered: Collector['answered'] = []
  const answer = ({ body, headers }: ReceivedRequest, response: ServerResponse): void => {
    const request = headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body
    const status = judge(request)
    answered.push({ status, ids: spanIds(request) })
    response.writeHead(status, { 'content-type': 'application/x-protobuf' }).end()
  }
  const { origin } = await startHttpServer(t, answer)
  return { url: origin, answered }
}

function spanIds(request: Buffer): string[] {
  const { resourceSpans } = officialDecode(OfficialRequest, request) as {
    resourceSpans: { scopeSpans: { spans: { spanId: string }[] }[] }[]
  }
  return resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans.map(span => span.spanId)))
}

interface Outcome {
  readonly otlp: ExporterStats
  readonly stderr: string
  /** The ids of the spans that were answered with a success, each as often as that happened. */
  readonly acknowledged: readonly string[]
}

/** Runs a program against the collector to its end, and compares the two counts. */
async function run(name: string, argument: number, collector: Collector, options: object = {}): Promise<Outcome> {
  const { code, stdout, stderr } = await runChild(new URL(`programs/${name}`, import.meta.url), {
    args: [String(argument)],
    env: {
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      TRACING_OPTIONS: JSON.stringify({ exitTimeoutMs: 30_000, ...options }),
    },
  })
  assert.equal(code, 0, stderr)
  const stats = JSON.parse(stdout) as Stats
  const otlp = stats.exporters.otlp!
  const acknowledged = collector.answered.filter(({ status }) => status === 200).flatMap(({ ids }) => ids)
  assertBalanced(stats)
  assert.equal(otlp.acked, acknowledged.length)
  assert.equal(new Set(acknowledged).size, acknowledged.length, 'none was acknowledged twice')
  return { otlp, stderr, acknowledged }
}

describe('P4: what is too large or fails for now costs no other span', () => {
  test('a span of 20 MiB among 499: all arrive, the large one in a request of its own', async t => {
    const collector = await startCollector(t, () => 200)
    const { acknowledged, otlp } = await run('large-span.mjs', 20 * MIB, collector)
    assert.equal(acknowledged.length, 500)
    assert.ok(collector.answered.some(({ ids }) => ids.length === 1))
    assert.equal(otlp.failures, 0)
  })

  test('a span of 20 MiB that the collector refuses with 413: only it is lost, and named', async t => {
    const collector = await startCollector(t, body => (body.length > 16 * MIB ? 413 : 200))
    const { acknowledged, otlp, stderr } = await run('large-span.mjs', 20 * MIB, collector)
    assert.equal(acknowledged.length, 499)
    assert.deepEqual([otlp.dropped.too_large, droppedSpans(otlp)], [1, 1])
    assert.match(stderr, /1 span lost: span "huge" is too large/)
  })

  test('a large span in the middle of a batch that is refused with 413: the batch is halved down to it', async t => {
    const collector = await startCollector(t, body => (body.length > 100_000 ? 413 : 200))
    const { acknowledged, otlp, stderr } = await run('large-span.mjs', 120_000, collector)
    assert.equal(acknowledged.length, 499)
    assert.deepEqual([otlp.dropped.too_large, droppedSpans(otlp)], [1, 1])
    assert.match(stderr, /1 span lost: span "huge" is too large/)
    const refused = collector.answered.filter(({ status }) => status === 413)
    // Halving 500 spans nine times leaves one.
    assert.ok(refused.length > 1 && refused.length <= 10, `${refused.length} refusals`)
  })

  test(`a collector that fails ${FAILING_SHARE * 100} % of the requests: ${RETRIED_SPANS} spans delivered, each once`, async t => {
    let random = 1
    const collector = await startCollector(t, () => {
      random = (Math.imul(random, 1_664_525) + 1_013_904_223) >>> 0
      return random / 2 ** 32 < FAILING_SHARE ? 503 : 200
    })
    const retry = { initialDelayMs: 5, maxDelayMs: 20 }
    const { acknowledged, otlp, stderr } = await run('flush.mjs', RETRIED_SPANS, collector, {
      maxBatchBytes: 8_192,
      retry,
    })
    const failed = collector.answered.filter(({ status }) => status === 503)
    t.diagnostic(`${collector.answered.length} requests, ${failed.length} of them failed`)
    assert.equal(acknowledged.length, RETRIED_SPANS)
    assert.equal(droppedSpans(otlp), 0)
    assert.deepEqual([otlp.requests, otlp.failures], [collector.answered.length, failed.length])
    assert.equal(
      otlp.resent,
      failed.reduce((sum, { ids }) => sum + ids.length, 0),
    )
    assert.equal(stderr.match(/tried again/g)?.length, 1, stderr)
  })
})
