import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Stats } from '../../src/types/tracing.ts'
import { runChild } from '../support/child.ts'
import { type Collector, startCollector } from '../support/collector.ts'
import { assertBalanced } from '../support/ledger.ts'

const SPANS = 500
const SPIN_MS = 10_000
const program = new URL('programs/blocked-loop.mjs', import.meta.url)

describe('P3: export does not need the event loop', () => {
  let collector: Collector
  before(async () => {
    collector = await startCollector()
  })
  after(() => collector.stop())

  test(`${SPANS} spans, then a loop that is busy for ${SPIN_MS} ms: all are there within 1 s of end()`, async t => {
    const env = { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url }
    const { code, stdout, stderr } = await runChild(program, { args: [String(SPIN_MS)], env })
    const endedMs = Number(/^ended (\d+)$/m.exec(stderr)?.[1])
    const { spans, distinct, acknowledged, lastMs } = await collector.received()
    const stats = JSON.parse(stdout) as Stats

    t.diagnostic(`the last span was at the collector ${lastMs - endedMs} ms after its end()`)
    assert.equal(code, 0)
    assert.equal(spans, SPANS)
    assert.equal(distinct, SPANS)
    assert.ok(lastMs - endedMs <= 1000, `took ${lastMs - endedMs} ms`)
    assertBalanced(stats)
    assert.equal(stats.exporters.otlp?.acked, acknowledged)
  })
})
