import assert from 'node:assert/strict'
import test from 'node:test'
import { initTracing, traceFunction } from '../../src/index.ts'
import { MemoryExporter } from '../../src/testing.ts'
import { assertBalanced } from '../support/ledger.ts'

const exporters = { kind: 'custom', exporter: new MemoryExporter() } as const
const { tracer, stats, flush } = bound(initTracing({ exporters, logger: false, handleSignals: false }))

function bound(tracing: ReturnType<typeof initTracing>): Pick<typeof tracing, 'tracer' | 'stats' | 'flush'> {
  return { tracer: tracing.tracer, stats: () => tracing.stats(), flush: () => tracing.flush() }
}

const traced: () => void = traceFunction('traced', () => traced())

function active(): void {
  tracer.span('active', { attributes: { key: 'value' } }, span => {
    span.setAttribute('object', { a: 1 })
    active()
  })
}

function endedTwice(): void {
  const span = tracer.startSpan('ended twice')
  try {
    endedTwice()
  } finally {
    span.end()
    span.end()
  }
}

function under(frames: number, fn: () => void): void {
  if (frames === 0) fn()
  else under(frames - 1, fn)
}

for (const recurse of [traced, active, endedTwice]) {
  test(`the counts add up after the stack has overflowed in ${recurse.name || 'traced'}`, async () => {
    // Wherever the stack happens to end.
    for (let frames = 0; frames < 60; frames += 3) assert.throws(() => under(frames, recurse))
    await flush()
    assertBalanced(stats())
  })
}
