import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Stats } from '../../src/types/tracing.ts'
import { runChild } from '../support/child.ts'
import { type Collector, startCollector } from '../support/collector.ts'
import { assertBalanced, droppedSpans } from '../support/ledger.ts'

const SPANS = 100_000
const MAX_SPAN_BYTES = 500
const program = new URL('programs/burst.mjs', import.meta.url)

describe('P5: no drop at ordinary rates', () => {
  let collector: Collector
  before(async () => {
    collector = await startCollector({ delayMs: 50 })
  })
  after(() => collector.stop())

  test(`${SPANS} spans in one synchronous loop, a collector that takes 50 ms an answer: none lost`, async t => {
    // On a busy machine the collector of the test, which decodes every span, is what takes the time.
    const env = {
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      TRACING_OPTIONS: JSON.stringify({ exitTimeoutMs: 60_000 }),
    }
    const { code, stdout, durationMs } = await runChild(program, { args: [String(SPANS)], env })
    const { spans, distinct, acknowledged, requests } = await collector.received()
    const stats = JSON.parse(stdout) as Stats
    const otlp = stats.exporters.otlp!

    t.diagnostic(`${spans} of ${SPANS} spans in ${requests} requests, ${Math.round(durationMs)} ms in all`)
    assert.equal(code, 0)
    assert.equal(spans, SPANS)
    assert.equal(distinct, SPANS)
    assert.ok(otlp.bytes / SPANS <= MAX_SPAN_BYTES, `${otlp.bytes / SPANS} bytes a span`)
    assertBalanced(stats)
    assert.equal(stats.ended, SPANS)
    assert.equal(otlp.acked, acknowledged)
    assert.equal(droppedSpans(otlp), 0)
  })
})
