import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { thresholdOf } from '../../src/propagation/probability.ts'
import { createTraceState } from '../../src/propagation/tracestate.ts'
import { extractTraceContext, injectTraceContext } from '../../src/trace/carriers.ts'
import { withTraceContext } from '../../src/trace/context.ts'
import { setSource } from '../../src/trace/current-source.ts'
import type { SamplerOptions } from '../../src/types/options.ts'
import type { SpanContext } from '../../src/types/span.ts'
import { randomNumbers } from '../support/random-numbers.ts'
import { createRecording, type Recording } from '../support/recording.ts'

type Kind = SamplerOptions['kind']

const P = 'b7ad6b7169203331'
/** Trace ids by their last seven bytes. */
const LOW = `0af7651916cd43dd8418${'1'.repeat(12)}`
const HIGH = `0af7651916cd43dd84e8${'e'.repeat(12)}`
/** Beats them. */
const RV_HIGH = 'rv:f0000000000000'
const RV_LOW = 'rv:10000000000000'

function recordingOf(kind: Kind, ratio?: number): Recording {
  return createRecording({ sampler: { kind, ratio } as SamplerOptions })
}

function remote(traceId: string, traceFlags: number, traceState: string): SpanContext {
  return { traceId, spanId: P, traceFlags, isRemote: true, traceState: createTraceState(traceState) }
}

describe('below a remote parent', () => {
  const rows: [
    kind: Kind,
    ratio: number | undefined,
    parent: [traceId: string, sampled: 0 | 1, traceState: string],
    recorded: boolean,
    traceState: string,
  ][] = [
    // A threshold decides, whatever the parent did.
    ['probability', 0.5, [HIGH, 0, ''], true, 'ot=th:8'],
    ['probability', 0.5, [HIGH, 1, ''], true, 'ot=th:8'],
    ['probability', 0.5, [LOW, 0, ''], false, ''],
    ['probability', 0.5, [LOW, 1, ''], false, ''],
    ['probability', 0.5, [LOW, 1, 'a=1,ot=th:0'], false, 'a=1'],
    ['probability', 0.5, [LOW, 1, `a=1,ot=th:0;${RV_HIGH}`], true, `ot=th:8;${RV_HIGH},a=1`],
    ['probability', 0.5, [HIGH, 1, `a=1,ot=th:0;${RV_LOW}`], false, `ot=${RV_LOW},a=1`],
    ['probability', 0.5, [HIGH, 1, 'a=1,ot=th:8'], true, 'a=1,ot=th:8'],
    ['probability', 0.5, [HIGH, 1, 'a=1,ot=junk'], true, 'ot=th:8,a=1'],
    ['probability', 1, [LOW, 0, 'ot=th:8'], true, 'ot=th:0'],
    ['probability', undefined, [LOW, 0, ''], true, 'ot=th:0'],
    ['probability', 0, [HIGH, 1, 'ot=th:8'], false, ''],
    ['probability', 0, [HIGH, 1, 'a=1'], false, 'a=1'],
    // The parent decides, and its threshold stays where it agrees.
    ['parentbased_probability', 0, [HIGH, 1, 'a=1,ot=th:c'], true, 'a=1,ot=th:c'],
    ['parentbased_probability', 0, [HIGH, 1, ''], true, ''],
    ['parentbased_probability', 1, [HIGH, 0, 'a=1,ot=th:c'], false, 'a=1'],
    ['parentbased_always_on', undefined, [HIGH, 1, 'a=1,ot=th:c'], true, 'a=1,ot=th:c'],
    ['parentbased_always_on', undefined, [LOW, 1, 'a=1,ot=th:c;p:1'], true, 'ot=p:1,a=1'],
    ['parentbased_always_on', undefined, [LOW, 1, `ot=th:c;${RV_HIGH}`], true, `ot=th:c;${RV_HIGH}`],
    ['parentbased_always_on', undefined, [HIGH, 1, `ot=th:c;${RV_LOW}`], true, `ot=${RV_LOW}`],
    ['parentbased_always_on', undefined, [LOW, 0, 'ot=th:c'], false, 'ot=th:c'],
    ['parentbased_always_on', undefined, [HIGH, 0, 'ot=th:c'], false, ''],
    ['parentbased_always_on', undefined, [HIGH, 1, 'a=1,ot=th:XYZ'], true, 'a=1'],
    ['parentbased_always_on', undefined, [HIGH, 1, 'a=1,ot=junk'], true, 'a=1,ot=junk'],
    ['parentbased_always_on', undefined, [HIGH, 1, `a=1,ot=${RV_LOW}`], true, `a=1,ot=${RV_LOW}`],
    ['parentbased_traceidratio', 0, [HIGH, 1, 'ot=th:c'], true, 'ot=th:c'],
    ['parentbased_always_off', undefined, [LOW, 1, 'ot=th:c'], true, ''],
    // Something else decides: the threshold is that of everything, or unknown.
    ['always_on', undefined, [LOW, 0, 'a=1,ot=th:c'], true, 'ot=th:0,a=1'],
    ['always_on', undefined, [LOW, 0, 'a=1'], true, 'a=1'],
    ['always_off', undefined, [HIGH, 1, `ot=th:c;${RV_HIGH}`], false, `ot=${RV_HIGH}`],
    ['traceidratio', 1, [HIGH, 1, 'a=1,ot=th:c'], true, 'a=1'],
    ['traceidratio', 0, [HIGH, 1, 'a=1,ot=th:c'], false, 'a=1'],
  ]
  for (const [kind, ratio, [traceId, sampled, given], recorded, traceState] of rows) {
    const parent = `${traceId === LOW ? 'low' : 'high'}, ${sampled}, ${given || 'no trace state'}`
    test(`[${parent}] ${kind} ${ratio ?? ''} ${recorded ? 'records' : 'does not'}: ${traceState || 'none'}`, () => {
      const { tracer, spans } = recordingOf(kind, ratio)
      const shown = (span: { isRecording(): boolean; spanContext(): SpanContext }): unknown[] => {
        const context = span.spanContext()
        return [span.isRecording(), context.traceId, context.traceFlags, context.traceState?.serialize() ?? '']
      }
      const expected = [recorded, traceId, recorded ? 1 : 0, traceState]
      tracer.span('span', { parent: remote(traceId, sampled, given) }, span => {
        assert.deepEqual(shown(span), expected)
        tracer.span('child', child => assert.deepEqual(shown(child), expected))
      })
      assert.deepEqual(
        spans().map(span => span.traceState),
        recorded ? [traceState, traceState] : [],
      )
    })
  }
})

describe('at a root', () => {
  for (const kind of ['probability', 'parentbased_probability'] as const) {
    test(`${kind} records its share of the traces, whole ones, and says so in each span`, () => {
      const { tracer, recorder, spans } = recordingOf(kind, 0.25)
      for (let i = 0; i < 4_000; i++) tracer.span('root', () => tracer.span('child', () => {}))
      const roots = spans().filter(span => span.parentSpanId === undefined)
      // 1,000 are expected, and seven standard deviations of 27 allowed.
      assert.ok(roots.length > 800 && roots.length < 1_200, String(roots.length))
      assert.equal(spans().length, 2 * roots.length)
      for (const span of spans()) {
        assert.deepEqual([span.traceState, span.traceFlags, span.parentIsRemote], ['ot=th:c', 3, false])
        assert.ok(span.traceId.slice(18) >= 'c'.padEnd(14, '0'))
      }
      assert.equal(new Set(spans().map(span => span.traceId)).size, roots.length)
      const { started, unsampled, unsampledChildren, ended } = recorder
      const lost = 4_000 - roots.length
      assert.deepEqual([started, unsampled, unsampledChildren, ended], [8_000, 2 * lost, lost, 2 * roots.length])
    })
  }

  test('one that is not recorded propagates as that, with the random flag', () => {
    const recording = recordingOf('probability', 0)
    setSource(recording.source)
    recording.tracer.span('span', span => {
      const { traceId, spanId, traceFlags, traceState } = span.spanContext()
      assert.deepEqual([traceFlags, traceState], [2, undefined])
      assert.deepEqual(injectTraceContext(), { traceparent: `00-${traceId}-${spanId}-02` })
    })
  })

  test('its threshold travels, and another process that takes more of the traces takes this one', () => {
    const recording = recordingOf('parentbased_probability', 1)
    setSource(recording.source)
    const headers = recording.tracer.span('span', () => injectTraceContext())
    assert.equal(headers.tracestate, 'ot=th:0')
    const other = recordingOf('parentbased_probability', 0)
    setSource(other.source)
    withTraceContext(extractTraceContext(headers), () =>
      other.tracer.span('span', span => assert.equal(span.isRecording(), true)),
    )
    assert.equal(other.spans()[0]!.traceState, 'ot=th:0')
  })

  test('a trace that the parent-based form begins below an empty context, or as told, is decided by the threshold', () => {
    const { tracer } = recordingOf('parentbased_probability', 0)
    const parent = remote(HIGH, 1, '')
    tracer.span('outer', { parent }, () => {
      assert.equal(tracer.startSpan('root', { root: true }).isRecording(), false)
      withTraceContext(extractTraceContext({}), () => assert.equal(tracer.startSpan('root').isRecording(), false))
    })
  })
})

describe('over many traces', () => {
  const TRACES = 20_000
  const random = randomNumbers(7)
  const hex = (digits: number): string => Array.from({ length: digits }, () => random(16).toString(16)).join('')
  const parents = Array.from({ length: TRACES }, () => remote(`1${hex(31)}`, 0, ''))

  function taken(ratio: number): ReadonlySet<string> {
    const { tracer } = recordingOf('probability', ratio)
    const sampled = parents.filter(parent => tracer.startSpan('span', { parent }).isRecording())
    return new Set(sampled.map(parent => parent.traceId))
  }

  for (const ratio of [0.5, 1 / 3, 0.1, 0.01]) {
    test(`${ratio.toFixed(2)} takes its share, within four standard deviations`, () => {
      const deviation = Math.sqrt(TRACES * ratio * (1 - ratio))
      assert.ok(Math.abs(taken(ratio).size - TRACES * ratio) < 4 * deviation, String(taken(ratio).size))
    })
  }

  test('each share contains every smaller one', () => {
    const [tenth, third, half, all] = [0.1, 1 / 3, 0.5, 1].map(taken)
    for (const [less, more] of [
      [tenth!, third!],
      [third!, half!],
      [half!, all!],
    ] as const) {
      for (const traceId of less) assert.ok(more.has(traceId))
    }
    assert.equal(all!.size, TRACES)
  })

  test('what was taken, counted as often as its threshold says, makes up the whole', () => {
    const { text } = thresholdOf(0.1)!
    const count = 1 / (1 - Number.parseInt(text, 16) / 16 ** text.length)
    // A tenth of 20,000 is 2,000, with a standard deviation of 42.
    assert.ok(Math.abs(taken(0.1).size * count - TRACES) < 4 * 42 * count)
  })
})

test('spans below one that was recorded add no object for their trace state', () => {
  const recording = recordingOf('probability', 0.5)
  const parent = recording.tracer.startSpan('parent', { parent: remote(HIGH, 1, 'ot=th:8') })
  const { adapt } = recording.recorder.sampler
  const identity = (parent as unknown as { identity: Parameters<typeof adapt>[0] }).identity
  assert.equal(adapt(identity), identity)
})
