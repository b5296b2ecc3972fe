import assert from 'node:assert/strict'
import { test } from 'node:test'
import { shortfallsOf, totalsOf } from '../../../examples/pipeline/ledger.ts'
import type { ExporterStats, Stats } from '../../../src/types/tracing.ts'

const exporter = (counts: Partial<ExporterStats>): ExporterStats => ({
  acked: 0,
  sent: 0,
  rejected: 0,
  pending: 0,
  dropped: { queue_full: 0, too_large: 0, retries_spent: 0, evicted: 0, worker_lost: 0, closed: 0, exit_timeout: 0 },
  requests: 0,
  failures: 0,
  resent: 0,
  bytes: 0,
  ...counts,
})
const stats = (started: number, exporters: Record<string, ExporterStats>, rest: Partial<Stats> = {}): Stats => ({
  started,
  open: 0,
  unsampled: 0,
  ended: started,
  exporters,
  ...rest,
})

const runs = [
  {
    run: 'all written',
    ledgers: [stats(3, { file: exporter({ acked: 3 }) }), stats(2, { file: exporter({ acked: 2 }) })],
    totals: { started: 5, delivered: 5, lost: 0, filed: 5 },
    shortfalls: [],
  },
  {
    run: 'a collector that took one of three',
    ledgers: [stats(3, { file: exporter({ acked: 3 }), otlp: exporter({ acked: 1, lastError: 'refused' }) })],
    totals: { started: 3, delivered: 1, lost: 2, filed: 3 },
    shortfalls: ['otlp: 2 spans not delivered (refused)'],
  },
  {
    run: 'unsampled spans are not lost',
    ledgers: [stats(4, { file: exporter({ acked: 1 }) }, { unsampled: 3, ended: 1 })],
    totals: { started: 4, delivered: 1, lost: 0, filed: 1 },
    shortfalls: [],
  },
  {
    run: 'a span left open is lost',
    ledgers: [stats(2, { file: exporter({ sent: 1 }) }, { open: 1, ended: 1 })],
    totals: { started: 2, delivered: 1, lost: 1, filed: 1 },
    shortfalls: [],
  },
  {
    run: 'tracing switched off',
    ledgers: [stats(0, {})],
    totals: { started: 0, delivered: 0, lost: 0, filed: 0 },
    shortfalls: [],
  },
]

for (const { run, ledgers, totals, shortfalls } of runs) {
  test(`${run}: ${JSON.stringify(totals)}`, () => {
    assert.deepEqual(totalsOf(ledgers), totals)
    assert.deepEqual(shortfallsOf(ledgers), shortfalls)
  })
}
