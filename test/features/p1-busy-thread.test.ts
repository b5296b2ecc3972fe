import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Stats } from '../../src/types/tracing.ts'
import { runChild } from '../support/child.ts'
import { type Collector, startCollector } from '../support/collector.ts'
import { assertBalanced } from '../support/ledger.ts'

let collector: Collector
before(async () => {
  collector = await startCollector()
})
after(() => collector.stop())

test('P1: an export thread that compresses for long at process.exit is not taken for dead', async () => {
  const { stdout, stderr } = await runChild(new URL('programs/incompressible.mjs', import.meta.url), {
    args: [String(32 * 1024 * 1024)],
    env: {
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      OTEL_EXPORTER_OTLP_COMPRESSION: 'gzip',
      TRACING_OPTIONS: JSON.stringify({ exitTimeoutMs: 20_000 }),
    },
  })
  const stats = JSON.parse(stdout) as Stats
  assertBalanced(stats)
  assert.equal(stats.exporters.otlp?.acked, 1, stderr)
  assert.equal(await collector.count(), 1)
})
