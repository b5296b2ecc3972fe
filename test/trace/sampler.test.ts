import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import { wordFromHex } from '../../src/trace/ids.ts'
import { createSampler } from '../../src/trace/sampler.ts'
import type { SamplerOptions } from '../../src/types/options.ts'
import { traceId } from '../support/arbitraries-propagation.ts'
import { createRecording } from '../support/recording.ts'

type Kind = SamplerOptions['kind']

/** [kind, at a root, below a sampled parent, below an unsampled parent] */
const kinds: readonly [kind: Kind, root: boolean, sampled: boolean, unsampled: boolean][] = [
  ['always_on', true, true, true],
  ['always_off', false, false, false],
  ['parentbased_always_on', true, true, false],
  ['parentbased_always_off', false, true, false],
  ['traceidratio', true, true, true],
  ['parentbased_traceidratio', true, true, false],
]
for (const [kind, ...expected] of kinds) {
  test(`${kind} at a root, below a sampled and an unsampled parent: ${expected}`, () => {
    const { decide } = createSampler({ kind })
    assert.deepEqual(
      [undefined, true, false].map(parent => decide(parent, 0)),
      expected,
    )
  })
}

for (const ratio of [0, 1]) {
  test(`a ratio of ${ratio} is all or nothing`, () => {
    const { decide } = createSampler({ kind: 'traceidratio', ratio })
    for (const word of [0, 1, -1, 2 ** 31 - 1, -(2 ** 31)]) assert.equal(decide(undefined, word), ratio === 1)
  })
}

/** As OpenTelemetry JS decides: the four words of the trace id, big-endian, combined by exclusive or. */
function openTelemetryDecision(traceId: string, ratio: number): boolean {
  const words = traceId.match(/.{8}/g)!.map(word => Number.parseInt(word, 16))
  return words.reduce((sum, word) => (sum ^ word) >>> 0, 0) < Math.floor(ratio * 0xffffffff)
}

function traceWord(traceId: string): number {
  return [0, 8, 16, 24].reduce((word, start) => word ^ wordFromHex(traceId, start), 0)
}

test('a ratio decides as OpenTelemetry JS does', () => {
  fc.assert(
    fc.property(traceId, fc.double({ min: 0, max: 0.999, noNaN: true }), (id, ratio) => {
      const { decide } = createSampler({ kind: 'traceidratio', ratio })
      assert.equal(decide(undefined, traceWord(id)), openTelemetryDecision(id, ratio))
    }),
  )
})

test('a trace that a small ratio takes is taken by every larger one', () => {
  fc.assert(
    fc.property(
      fc.integer(),
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (word, a, b) => {
        const [small, large] = [Math.min(a, b), Math.max(a, b)].map(
          ratio => createSampler({ kind: 'traceidratio', ratio }).decide,
        )
        assert.ok(!small!(undefined, word) || large!(undefined, word))
      },
    ),
  )
})

test('a tracer with a ratio records its share of the traces, whole ones', () => {
  const { tracer, recorder, spans } = createRecording({ sampler: { kind: 'traceidratio', ratio: 0.25 } })
  for (let i = 0; i < 4_000; i++) tracer.span('root', () => tracer.span('child', () => {}))
  const roots = spans().filter(span => span.parentSpanId === undefined).length
  assert.ok(roots > 800 && roots < 1_200, String(roots))
  assert.equal(spans().length, 2 * roots)
  assert.deepEqual([recorder.started, recorder.unsampled, recorder.ended], [8_000, 8_000 - 2 * roots, 2 * roots])
  for (const span of spans()) assert.ok(openTelemetryDecision(span.traceId, 0.25))
})

test('a ratio that looks at no parent decides by the trace id of a remote one', () => {
  const { tracer } = createRecording({ sampler: { kind: 'traceidratio', ratio: 0.5 } })
  const parent = (traceId: string): { traceId: string; spanId: string; traceFlags: number } => ({
    traceId,
    spanId: '00000000000000aa',
    traceFlags: 0,
  })
  const low = tracer.startSpan('low', { parent: parent('00000000000000000000000000000001') })
  const high = tracer.startSpan('high', { parent: parent('000000000000000000000000ffffffff') })
  assert.deepEqual([low.isRecording(), high.isRecording()], [true, false])
  assert.deepEqual([low.spanContext().traceFlags, high.spanContext().traceFlags], [1, 0])
})
