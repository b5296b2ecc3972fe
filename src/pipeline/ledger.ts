import type { DropCounts, ExporterStats } from '../types/tracing.ts'

/** The counters that a consumer keeps of each exporter. */
export const COUNTERS = [
  'acked',
  'sent',
  'rejected',
  'pending',
  'requests',
  'failures',
  'resent',
  'bytes',
  'too_large',
  'retries_spent',
  'evicted',
  'worker_lost',
  'exit_timeout',
] as const
export type Counter = (typeof COUNTERS)[number]

/** Each record ends in one of these. */
const OUTCOMES: readonly Counter[] = [
  'acked',
  'sent',
  'rejected',
  'too_large',
  'retries_spent',
  'evicted',
  'worker_lost',
  'exit_timeout',
]

const INDEX = new Map<Counter, number>(COUNTERS.map((name, index) => [name, index]))

/** Counts by exporter in memory that both threads see. */
export class Ledger {
  private readonly counters: BigInt64Array

  constructor(counters: BigInt64Array) {
    this.counters = counters
  }

  add(exporter: number, counter: Counter, amount: number): void {
    if (amount !== 0) Atomics.add(this.counters, slot(exporter, counter), BigInt(amount))
  }

  get(exporter: number, counter: Counter): number {
    return Number(Atomics.load(this.counters, slot(exporter, counter)))
  }

  /** The counts as they are now, which no other thread changes. */
  copy(): Ledger {
    return new Ledger(this.counters.slice())
  }

  /**
   * Counts for `reason`, and answers, those of `records` that have had no outcome. `pending` is not to be relied on for that:
   * the consumer may have died, or still be, in the middle of counting.
   */
  writeOff(exporter: number, reason: 'worker_lost' | 'exit_timeout', records: number): number {
    const lost = records - OUTCOMES.reduce((sum, counter) => sum + this.get(exporter, counter), 0)
    Atomics.store(this.counters, slot(exporter, 'pending'), 0n)
    this.add(exporter, reason, lost)
    return lost
  }
}

function slot(exporter: number, counter: Counter): number {
  return exporter * COUNTERS.length + INDEX.get(counter)!
}

/** Drops that the producer counts: they are the same for every exporter. */
export interface ProducerDrops {
  queue_full: number
  too_large: number
  closed: number
}

/** One exporter's part of `stats()`. `waiting` are the records that no consumer has taken yet. */
export function exporterStats(
  ledger: Ledger,
  exporter: number,
  producer: ProducerDrops,
  waiting: number,
): ExporterStats {
  const count = (counter: Counter): number => ledger.get(exporter, counter)
  const dropped: DropCounts = {
    queue_full: producer.queue_full,
    too_large: producer.too_large + count('too_large'),
    retries_spent: count('retries_spent'),
    evicted: count('evicted'),
    worker_lost: count('worker_lost'),
    closed: producer.closed,
    exit_timeout: count('exit_timeout'),
  }
  return {
    acked: count('acked'),
    sent: count('sent'),
    rejected: count('rejected'),
    pending: count('pending') + waiting,
    dropped,
    requests: count('requests'),
    failures: count('failures'),
    resent: count('resent'),
    bytes: count('bytes'),
  }
}

/** Every span of an exporter that will not arrive. */
export function lostSpans(stats: ExporterStats): number {
  return stats.rejected + Object.values(stats.dropped).reduce((sum, count) => sum + count, 0)
}
