import assert from 'node:assert/strict'
import { afterEach, describe, test } from 'node:test'
import { withBaggage } from '../../src/trace/baggage.ts'
import { extractTraceContext, injectTraceContext } from '../../src/trace/carriers.ts'
import { bindTraceContext, setProcessContext, withTraceContext } from '../../src/trace/context.ts'
import { setSource } from '../../src/trace/current-source.ts'
import { offSource, PropagatingSource } from '../../src/trace/span-source.ts'
import { SourceTracer } from '../../src/trace/tracer.ts'
import type { PropagatorName, SamplerOptions } from '../../src/types/options.ts'
import type { SpanContext, Tracer } from '../../src/types/span.ts'
import { createRecording, type Recording } from '../support/recording.ts'

const T = '0af7651916cd43dd8448eb211c80319c'
const P = 'b7ad6b7169203331'
const B3: readonly PropagatorName[] = ['b3', 'tracecontext', 'jaeger']
const NONE = extractTraceContext({})

afterEach(() => setProcessContext(() => NONE))

function recordingWith(kind: SamplerOptions['kind'], ratio?: number): Recording {
  const recording = createRecording({ sampler: { kind, ratio } as SamplerOptions, propagators: B3 })
  setSource(recording.source)
  return recording
}

/** Starts, below the header, a root and in it a child, and tells whether each was recorded. */
function recorded({ tracer }: Recording, b3: string): [root: boolean, child: boolean] {
  return withTraceContext(extractTraceContext({ b3 }), () =>
    tracer.span('root', root => [root.isRecording(), tracer.span('child', child => child.isRecording())]),
  )
}

describe('what b3 says of sampling holds for parent-based samplers, and not for the others', () => {
  const ids = `${T}-${P}`
  const rows: [kind: SamplerOptions['kind'], b3: string, recorded: boolean][] = [
    ['parentbased_always_on', '0', false],
    ['parentbased_always_on', '1', true],
    ['parentbased_always_on', 'd', true],
    ['parentbased_always_on', `${ids}-0`, false],
    ['parentbased_always_on', `${ids}-1`, true],
    ['parentbased_always_on', ids, true],
    ['parentbased_always_off', '0', false],
    ['parentbased_always_off', '1', true],
    ['parentbased_always_off', 'd', true],
    ['parentbased_always_off', `${ids}-d`, true],
    ['parentbased_always_off', ids, false],
    ['always_on', '0', true],
    ['always_on', `${ids}-0`, true],
    ['always_off', 'd', false],
    ['always_off', `${ids}-d`, false],
  ]
  for (const [kind, b3, expected] of rows) {
    test(`${kind} below b3: ${b3} ${expected ? 'records' : 'records nothing'}`, () => {
      const recording = recordingWith(kind)
      assert.deepEqual(recorded(recording, b3), [expected, expected])
      const { started, unsampled, ended } = recording.recorder
      assert.deepEqual([started, unsampled, ended], expected ? [2, 0, 2] : [2, 2, 0])
    })
  }

  test('where nobody has decided, the ratio of a parent-based sampler does, by the trace', () => {
    const recording = recordingWith('parentbased_traceidratio', 0.5)
    const low = recorded(recording, `00000000000000000000000000000001-${P}`)
    const high = recorded(recording, `000000000000000000000000ffffffff-${P}`)
    assert.deepEqual(
      [low, high],
      [
        [true, true],
        [false, false],
      ],
    )
  })
})

describe('below a decision without a parent', () => {
  test('each span is the root of a trace of its own, with our flags', () => {
    const { tracer, spans } = recordingWith('parentbased_always_off')
    withTraceContext(extractTraceContext({ b3: '1' }), () => {
      tracer.span('a', () => {})
      withBaggage({ k: 'v' }, () => withBaggage({ l: 'w' }, () => tracer.span('b', () => {})))
      bindTraceContext(() => tracer.span('c', () => {}))()
    })
    tracer.span('d', { parent: extractTraceContext({ b3: '1' }) }, () => {})
    const [a, b, c, d] = spans()
    assert.equal(new Set([a, b, c, d].map(span => span!.traceId)).size, 4)
    for (const span of [a, b, c, d]) {
      assert.deepEqual(
        [span!.parentSpanId, span!.parentIsRemote, span!.traceFlags, span!.traceState],
        [undefined, false, 3, ''],
      )
    }
  })

  test('a span that is told to be a root, or has another parent, does not follow it', () => {
    const { tracer } = recordingWith('parentbased_always_on')
    withTraceContext(extractTraceContext({ b3: '0' }), () => {
      const parent: SpanContext = { traceId: T, spanId: P, traceFlags: 1 }
      const spans = [{ root: true }, { parent: null }, { parent }, {}].map(options => tracer.startSpan('span', options))
      assert.deepEqual(
        spans.map(span => span.isRecording()),
        [true, true, true, false],
      )
      for (const span of spans) span.end()
    })
  })

  test('it is passed on as it came, and by spans as theirs', () => {
    const { tracer } = recordingWith('parentbased_always_on')
    for (const decision of ['0', '1', 'd']) {
      withTraceContext(extractTraceContext({ b3: decision }), () => {
        assert.deepEqual(injectTraceContext(), { b3: decision })
        withBaggage({ k: 'v' }, () => assert.deepEqual(injectTraceContext(), { b3: decision, 'uberctx-k': 'v' }))
        tracer.span('span', span => {
          const { traceId, spanId } = span.spanContext()
          assert.equal(injectTraceContext().b3, `${traceId}-${spanId}-${decision}`)
        })
      })
    }
  })

  test('it holds for the whole process where the environment brings it', () => {
    const { tracer } = recordingWith('parentbased_always_on')
    setProcessContext(() => extractTraceContext({ B3: '0' }))
    tracer.span('span', span => assert.equal(span.isRecording(), false))
    assert.deepEqual(injectTraceContext(), { b3: '0' })
  })

  test('a context that somebody changes keeps it, and one that throws has none', () => {
    const { tracer } = recordingWith('parentbased_always_on')
    const context = extractTraceContext({ b3: '0' })
    withTraceContext({ ...context, requestId: 'run-7' }, () => {
      tracer.span('span', span => assert.equal(span.isRecording(), false))
    })
    const throwing = new Proxy(context, { get: () => assert.fail() })
    withTraceContext(throwing, () => tracer.span('span', span => assert.equal(span.isRecording(), true)))
  })
})

describe('debug', () => {
  test('goes with every span of the trace, and to every format', () => {
    const { tracer, spans } = recordingWith('parentbased_always_on')
    withTraceContext(extractTraceContext({ 'uber-trace-id': `${T}:${P}:0:3` }), () =>
      tracer.span('outer', () =>
        tracer.span('inner', span => {
          const { spanId } = span.spanContext()
          assert.deepEqual(injectTraceContext(), {
            b3: `${T}-${spanId}-d`,
            traceparent: `00-${T}-${spanId}-01`,
            tracestate: 'blueprint=debug',
            'uber-trace-id': `${T}:${spanId}:0:3`,
          })
        }),
      ),
    )
    assert.deepEqual(
      spans().map(span => [span.name, span.traceState]),
      [
        ['inner', 'blueprint=debug'],
        ['outer', 'blueprint=debug'],
      ],
    )
  })

  test('is no longer said where a sampler has said no', () => {
    const { tracer } = recordingWith('always_off')
    withTraceContext(extractTraceContext({ b3: `${T}-${P}-d` }), () =>
      tracer.span('span', span => assert.equal(injectTraceContext().b3, `${T}-${span.spanContext().spanId}-0`)),
    )
  })
})

describe('a parent about which nobody has decided', () => {
  const headers = { b3: `${T}-${P}` }
  const passedOn = { ...headers, traceparent: `00-${T}-${P}-00`, 'uber-trace-id': `${T}:${P}:0:0` }

  test('has recorded children that are as any others', () => {
    const { tracer, spans } = recordingWith('parentbased_always_on')
    const parent = extractTraceContext(headers).spanContext!
    tracer.span('span', { parent }, () => tracer.span('child', () => {}))
    tracer.span('linked', { links: [{ context: parent }] }, () => {})
    const [child, span, linked] = spans()
    assert.deepEqual([span!.traceId, span!.parentSpanId, span!.parentIsRemote, span!.traceFlags], [T, P, true, 1])
    assert.deepEqual([child!.traceFlags, child!.parentIsRemote], [1, false])
    assert.deepEqual([linked!.links[0]!.traceId, linked!.links[0]!.traceFlags], [T, 0])
  })

  test('has children that are decided about once the sampler has said no', () => {
    const { tracer } = recordingWith('parentbased_always_off')
    withTraceContext(extractTraceContext(headers), () =>
      tracer.span('span', span => {
        assert.equal(injectTraceContext().b3, `${T}-${span.spanContext().spanId}-0`)
        assert.equal(span.spanContext().traceFlags, 0)
      }),
    )
  })

  for (const [what, source] of [
    ['off', offSource(B3)],
    ['on without an exporter', new PropagatingSource(B3)],
  ] as const) {
    test(`is passed on as it came while tracing is ${what}, below spans too`, () => {
      setSource(source)
      const tracer = new SourceTracer(() => source)
      withTraceContext(extractTraceContext(headers), () => {
        assert.deepEqual(injectTraceContext(), passedOn)
        tracer.span('span', () => assert.deepEqual(injectTraceContext(), passedOn))
      })
    })
  }
})

describe('while nothing is recorded, a decision without a parent', () => {
  test('is passed on as it came where tracing is off', () => {
    const source = offSource(B3)
    setSource(source)
    withTraceContext(extractTraceContext({ b3: '0' }), () =>
      new SourceTracer(() => source).span('span', () => assert.deepEqual(injectTraceContext(), { b3: '0' })),
    )
  })

  test('holds for the traces that a set-up without an exporter starts', () => {
    const source = new PropagatingSource(B3)
    setSource(source)
    const tracer: Tracer = new SourceTracer(() => source)
    for (const [decision, flags] of [
      ['0', 2],
      ['1', 3],
      ['d', 3],
    ] as const) {
      withTraceContext(extractTraceContext({ b3: decision }), () => {
        tracer.span('span', span => {
          const { traceId, spanId, traceFlags } = span.spanContext()
          assert.equal(traceFlags, flags)
          assert.equal(injectTraceContext().b3, `${traceId}-${spanId}-${decision}`)
        })
      })
    }
  })
})
