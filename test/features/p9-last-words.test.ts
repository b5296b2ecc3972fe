import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Stats } from '../../src/types/tracing.ts'
import { runChild } from '../support/child.ts'
import { assertBalanced } from '../support/ledger.ts'

const ENDS = new URL('programs/ends.mjs', import.meta.url)
const REFUSED = 'http://127.0.0.1:1'

for (const way of ['process.exit(3)', 'throw', 'natural end']) {
  test(`P9: after ${way}, though the event loop has not turned, the line on what was lost tells why`, async () => {
    const { stderr, stdout } = await runChild(ENDS, {
      args: [way, 'cold'],
      env: { OTEL_EXPORTER_OTLP_ENDPOINT: REFUSED, TRACING_OPTIONS: JSON.stringify({ exitTimeoutMs: 1_000 }) },
    })
    assert.match(stderr, /1000 of 1000 spans did not arrive at otlp: exit_timeout 1000; .*connection refused/)
    const stats = JSON.parse(stdout) as Stats
    assertBalanced(stats)
    assert.match(stats.exporters.otlp?.lastError ?? '', /connection refused/)
  })
}

test('P9: an export thread that had no time to start is the reason given', async () => {
  const { stderr } = await runChild(ENDS, {
    args: ['process.exit(3)', 'cold'],
    env: { OTEL_EXPORTER_OTLP_ENDPOINT: REFUSED, TRACING_OPTIONS: JSON.stringify({ exitTimeoutMs: 0 }) },
  })
  assert.match(stderr, /exit_timeout 1000; the last error was: the export thread had not started/)
})
