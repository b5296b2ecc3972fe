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

  /** Moves what an exporter had pending to a reason for its loss. */
  writeOffPending(exporter: number, reason: Counter): void {
    const pending = Atomics.exchange(this.counters, slot(exporter, 'pending'), 0n)
    Atomics.add(this.counters, slot(exporter, reason), pending)
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
