import assert from 'node:assert/strict'
import type { ExporterStats, Stats } from '../../src/types/tracing.ts'

/** Asserts that at rest every span that was started is accounted for, in total and by exporter. */
export function assertBalanced({ started, open, unsampled, ended, exporters }: Stats): void {
  assert.equal(open + unsampled + ended, started, 'open + unsampled + ended = started')
  for (const [name, stats] of Object.entries(exporters)) {
    const { acked, sent, rejected, pending } = stats
    const sum = acked + sent + rejected + droppedSpans(stats) + pending
    assert.equal(sum, ended, `${name}: the counts add up to what has ended: ${JSON.stringify(stats)}`)
  }
}

/** The sum over all reasons. */
export function droppedSpans({ dropped }: ExporterStats): number {
  return Object.values(dropped).reduce((sum, count) => sum + count, 0)
}
