import type { ExporterStats, Stats } from 'blueprint-tracing'

/** What became of the spans of several processes. */
export interface Totals {
  readonly started: number
  /** Settled well by every exporter: acknowledged, or handed over where nobody acknowledges. */
  readonly delivered: number
  /** Started, not left out by the sampler, and yet not delivered. */
  readonly lost: number
  /** What the file exporters alone say they have written. */
  readonly filed: number
}

export function totalsOf(ledgers: readonly Stats[]): Totals {
  const sum = (count: (stats: Stats) => number): number => ledgers.reduce((total, stats) => total + count(stats), 0)
  const started = sum(stats => stats.started)
  const delivered = sum(deliveredByAll)
  const lost = started - sum(stats => stats.unsampled) - delivered
  return { started, delivered, lost, filed: sum(stats => deliveredBy(stats.exporters.file)) }
}

/** Exporters that did not deliver everything, each with its last error. */
export function shortfallsOf(ledgers: readonly Stats[]): string[] {
  const missing = new Map<string, number>()
  const errors = new Map<string, string>()
  for (const { ended, exporters } of ledgers) {
    for (const [name, counts] of Object.entries(exporters)) {
      missing.set(name, (missing.get(name) ?? 0) + ended - deliveredBy(counts))
      if (counts.lastError !== undefined) errors.set(name, counts.lastError)
    }
  }
  return [...missing]
    .filter(([, count]) => count > 0)
    .map(([name, count]) => `${name}: ${count} spans not delivered (${errors.get(name) ?? 'no error reported'})`)
}

function deliveredByAll(stats: Stats): number {
  const counts = Object.values(stats.exporters).map(deliveredBy)
  return counts.length === 0 ? 0 : Math.min(...counts)
}

function deliveredBy(counts: ExporterStats | undefined): number {
  return counts === undefined ? 0 : counts.acked + counts.sent
}
