import type { Tracer } from './span.ts'

/** One set-up of the tracer, as `initTracing` returns it. */
export interface Tracing {
  /** Whether spans are recorded. */
  readonly enabled: boolean
  /** Whether context is injected into carriers. */
  readonly propagating: boolean
  readonly exporters: readonly string[]
  readonly tracer: Tracer
  stats(): Stats
  /** Never rejects; resolves when everything ended so far is settled, or at the timeout. */
  flush(options?: { timeoutMs?: number }): Promise<FlushResult>
  /** Flushes and closes; idempotent. Spans ended later are counted `dropped.closed`. */
  shutdown(options?: { timeoutMs?: number }): Promise<FlushResult>
}

export interface FlushResult {
  /** Nothing is pending and nothing was dropped or rejected during the call. */
  ok: boolean
  /** The largest over the exporters. */
  pending: number
}

export interface DropCounts {
  queue_full: number
  too_large: number
  retries_spent: number
  evicted: number
  worker_lost: number
  closed: number
  exit_timeout: number
}

export interface ExporterStats {
  acked: number
  sent: number
  rejected: number
  /** Counted by the consumer, never derived. */
  pending: number
  dropped: DropCounts
  requests: number
  failures: number
  resent: number
  bytes: number
  lastError?: string
}

/**
 * started = open + unsampled + ended, and for each exporter ended = acked + sent + rejected + Σ dropped + pending.
 * At rest the sum is exact; in flight it differs by at most the records in motion.
 */
export interface Stats {
  started: number
  open: number
  unsampled: number
  ended: number
  /** By kind; a second exporter of a kind is 'otlp#2'. */
  exporters: Record<string, ExporterStats>
}
