import assert from 'node:assert/strict'
import { devNull } from 'node:os'
import { describe, test } from 'node:test'
import { initTracing } from '../../src/index.ts'
import type { ExporterStats } from '../../src/types/tracing.ts'
import { assertBalanced, droppedSpans } from '../support/ledger.ts'

const SPANS = 10

/** What a program's own exporter, in plain JavaScript, may do instead of what its type says; and what comes of it. */
const exporters: readonly {
  what: string
  export: (batch: { bytes: Uint8Array<ArrayBuffer> }) => unknown
  outcome: keyof typeof OUTCOMES
}[] = [
  { what: 'throws', export: () => fail('thrown'), outcome: 'given up' },
  { what: 'rejects', export: () => Promise.reject(new Error('rejected')), outcome: 'given up' },
  { what: 'throws what cannot be shown', export: () => fail(Object.create(null)), outcome: 'given up' },
  { what: 'never settles', export: () => new Promise(() => {}), outcome: 'given up' },
  { what: 'answers nothing', export: () => undefined, outcome: 'rejected' },
  { what: 'answers text', export: async () => 'acked', outcome: 'rejected' },
  { what: 'answers an unknown outcome', export: async () => ({ outcome: 'ok' }), outcome: 'rejected' },
  { what: 'refuses more than it was given', export: () => ({ outcome: 'acked', rejected: 1e9 }), outcome: 'rejected' },
  { what: 'refuses half a span', export: () => ({ outcome: 'acked', rejected: 0.5 }), outcome: 'acked' },
  { what: 'refuses NaN spans', export: () => ({ outcome: 'acked', rejected: Number.NaN }), outcome: 'acked' },
  {
    what: 'answers in a getter that throws',
    export: () => ({
      get outcome() {
        return fail('got')
      },
    }),
    outcome: 'given up',
  },
  { what: 'wants to wait for NaN ms', export: () => ({ outcome: 'retry', afterMs: Number.NaN }), outcome: 'given up' },
  {
    what: 'empties the memory of its batch',
    export: ({ bytes }) => {
      structuredClone(bytes, { transfer: [bytes.buffer] })
      return { outcome: 'acked' }
    },
    outcome: 'acked',
  },
  { what: 'finds every span too large', export: () => ({ outcome: 'too_large' }), outcome: 'too large' },
]

const OUTCOMES = {
  acked: (stats: ExporterStats) => stats.acked,
  rejected: (stats: ExporterStats) => stats.rejected,
  'given up': (stats: ExporterStats) => stats.dropped.retries_spent,
  'too large': (stats: ExporterStats) => stats.dropped.too_large,
}

function fail(thrown: unknown): never {
  throw thrown
}

/** A second exporter of another kind makes the export thread hand the batches back. */
const places = [
  { place: 'alone, on the main thread', others: [] },
  { place: 'beside another, handed its batches by the export thread', others: [{ kind: 'file', path: devNull }] },
] as const

for (const { place, others } of places) {
  describe(`P8: tracing never breaks the program, whatever its exporter does, ${place}`, () => {
    for (const { what, export: exportBatch, outcome } of exporters) {
      test(`an exporter that ${what}: all spans are ${outcome}`, async () => {
        const exporter = { name: 'hostile', export: exportBatch as never, close: () => fail('closed') }
        const tracing = initTracing({
          exporters: [{ kind: 'custom', exporter }, ...others],
          exportTimeoutMs: 1,
          retry: { maxElapsedMs: 1, initialDelayMs: 1, maxDelayMs: 1 },
          logger: false,
        })
        for (let item = 0; item < SPANS; item++) tracing.tracer.startSpan('work').end()
        await tracing.flush({ timeoutMs: 10_000 })
        await tracing.shutdown()
        const stats = tracing.stats()
        assertBalanced(stats)
        const { custom, file } = stats.exporters
        assert.equal(OUTCOMES[outcome](custom!), SPANS, JSON.stringify(custom))
        assert.equal(custom!.acked + custom!.rejected + droppedSpans(custom!), SPANS)
        assert.equal(file?.acked, others.length === 0 ? undefined : SPANS)
      })
    }
  })
}
