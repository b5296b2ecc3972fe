import assert from 'node:assert/strict'
import test from 'node:test'
import { createTraceState } from '../../src/propagation/tracestate.ts'
import { extractTraceContext } from '../../src/trace/carriers.ts'
import { runInContext } from '../../src/trace/context.ts'
import { setSource } from '../../src/trace/current-source.ts'
import { NOOP_SPAN, type NonRecordingSpan } from '../../src/trace/non-recording-span.ts'
import { offSource, PropagatingSource } from '../../src/trace/span-source.ts'
import type { Span, SpanContext, SpanParent } from '../../src/types/span.ts'
import { createRecording, recordSpan } from '../support/recording.ts'

const REMOTE: SpanContext = {
  traceId: '0af7651916cd43dd8448eb211c80319c',
  spanId: 'b7ad6b7169203331',
  traceFlags: 3,
  isRemote: true,
  traceState: createTraceState('a=b'),
}
const HEADERS = { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-03', tracestate: 'a=b' }
setSource(offSource(['tracecontext', 'baggage', 'request-id']))
const EXTRACTED = extractTraceContext({ ...HEADERS, baggage: 'k=v', 'x-request-id': 'run-7' })

function throwing(): never {
  throw new Error('no')
}

/** [what, parent, whether the span is its child, whether the parent is remote] */
const parents: readonly [what: string, parent: unknown, isChild: boolean, isRemote: boolean][] = [
  ['a remote span context', REMOTE, true, true],
  ['a local span context', { ...REMOTE, isRemote: false }, true, false],
  ['a span context that does not say', { ...REMOTE, isRemote: undefined }, true, false],
  ['a span context with more bits than a byte', { ...REMOTE, isRemote: false, traceFlags: 0x203 }, true, false],
  ['an extracted context', EXTRACTED, true, true],
  ['a foreign span', { spanContext: () => REMOTE, isRecording: () => true }, true, true],
  ['null', null, false, false],
  ['an extracted context without a span', extractTraceContext({}), false, false],
  ['a context of zeros', { ...REMOTE, traceId: '0'.repeat(32) }, false, false],
  ['a foreign span of zeros', { spanContext: () => ({ ...REMOTE, spanId: '0'.repeat(16) }) }, false, false],
  ['a foreign span that throws', { spanContext: throwing }, false, false],
  ['a foreign span that answers nothing', { spanContext: () => undefined }, false, false],
  ['text', 'parent', false, false],
  ['a number', 7, false, false],
  ['an object of nothing', {}, false, false],
  ['a getter that throws', Object.defineProperty({}, 'traceId', { get: throwing, enumerable: true }), false, false],
  ['a proxy that refuses', new Proxy({}, { has: throwing, get: throwing, getPrototypeOf: throwing }), false, false],
]
for (const [what, parent, isChild, isRemote] of parents) {
  test(`parent: ${what} ${isChild ? 'is continued' : 'starts a trace'}`, () => {
    const view = recordSpan(() => {}, { options: { parent: parent as SpanParent } })
    assert.equal(view.parentSpanId, isChild ? REMOTE.spanId : undefined)
    assert.equal(view.traceId === REMOTE.traceId, isChild)
    assert.deepEqual([view.parentIsRemote, view.traceState], [isRemote, isChild ? 'a=b' : ''])
    assert.equal(view.traceFlags, 3)
  })
}

for (const spanId of ['0000000000000001', '0000000100000000', 'ffffffff00000000']) {
  test(`the parent ${spanId} is on its child`, () => {
    assert.equal(recordSpan(() => {}, { options: { parent: { ...REMOTE, spanId } } }).parentSpanId, spanId)
  })
}

test('only the first span below a remote parent has a remote parent', () => {
  const { tracer, spans } = createRecording()
  tracer.span('child', { parent: REMOTE }, () => tracer.span('grandchild', () => {}))
  const [grandchild, child] = spans()
  assert.deepEqual([child!.parentIsRemote, grandchild!.parentIsRemote], [true, false])
  assert.deepEqual([grandchild!.traceId, grandchild!.traceState], [REMOTE.traceId, 'a=b'])
})

test('a child copies the random flag of its parent, set or not', () => {
  for (const traceFlags of [1, 3]) {
    const view = recordSpan(() => {}, { options: { parent: { ...REMOTE, traceFlags } } })
    assert.equal(view.traceFlags, traceFlags)
  }
})

test('root wins over parent, and both over the current span', () => {
  const { tracer, spans } = createRecording()
  tracer.span('outer', () => {
    tracer.startSpan('root', { root: true, parent: REMOTE }).end()
    tracer.startSpan('null', { parent: null }).end()
    tracer.startSpan('parent', { parent: REMOTE }).end()
    tracer.startSpan('current', { root: false, parent: undefined }).end()
  })
  const [root, none, parent, current, outer] = spans()
  assert.deepEqual([root!.parentSpanId, none!.parentSpanId], [undefined, undefined])
  assert.deepEqual([parent!.parentSpanId, current!.parentSpanId], [REMOTE.spanId, outer!.spanId])
})

test('a span is the child of another set-up’s span as of its own', () => {
  const [first, second] = [createRecording(), createRecording()]
  first.tracer.span('outer', () => second.tracer.span('inner', () => {}))
  const [outer, inner] = [first.spans()[0]!, second.spans()[0]!]
  assert.deepEqual([inner.traceId, inner.parentSpanId, inner.parentIsRemote], [outer.traceId, outer.spanId, false])
})

test('a parent from elsewhere brings its surroundings along, a span does not', () => {
  const { source, tracer } = createRecording()
  const extracted = source.start('a', { parent: EXTRACTED })
  assert.deepEqual([extracted.ambient.requestId, extracted.ambient.baggage.get('k')?.value], ['run-7', 'v'])
  runInContext(
    extracted,
    () => assert.equal(source.start('b', { parent: tracer.startSpan('c') }).ambient, extracted.ambient),
    undefined,
  )
})

test('options that throw when they are read count as none', () => {
  const refusing = new Proxy({}, { get: throwing })
  const { kind, parentSpanId } = recordSpan(() => {}, { options: refusing })
  assert.deepEqual([kind, parentSpanId], [0, undefined])
  const half = Object.defineProperty({ kind: 1, attributes: { a: 1 } }, 'links', { get: throwing })
  assert.equal(recordSpan(() => {}, { options: half as object }).kind, 1)
})

const unsampled = createRecording({ sampler: { kind: 'parentbased_always_off' } })

test('a span that is not sampled is not recorded and still propagates', () => {
  const root = unsampled.source.start('root', undefined)
  const { traceId, spanId, traceFlags } = root.spanContext()
  assert.match(traceId + spanId, /^[0-9a-f]{48}$/)
  assert.deepEqual([root.isRecording(), traceFlags], [false, 2])
  const child = unsampled.source.start('child', { parent: root })
  assert.deepEqual([child.spanContext().traceId, child.spanContext().traceFlags], [traceId, 2])
  assert.notEqual(child.spanContext().spanId, spanId)
})

test('an unsampled child of a remote parent keeps trace state and drops the sampled flag', () => {
  const { tracer } = createRecording({ sampler: { kind: 'always_off' } })
  const context = tracer.startSpan('child', { parent: REMOTE }).spanContext()
  assert.deepEqual([context.traceId, context.traceFlags, context.traceState?.serialize()], [REMOTE.traceId, 2, 'a=b'])
})

test('below an unsampled span a sampler that looks at no parent may record, with the clock of a local root', () => {
  const context = unsampled.source.start('unsampled', undefined)
  const view = recordSpan(() => {}, { sampler: { kind: 'always_on' }, options: { parent: context } })
  assert.deepEqual([view.parentSpanId, view.parentIsRemote], [context.spanContext().spanId, false])
  assert.equal(view.traceFlags, 3)
  assert.ok(Math.abs(Number(view.startTimeUnixNano / 1_000_000n) - Date.now()) < 1_000)
})

function callEverything(span: Span): void {
  const same = span
    .setAttribute('a', 1)
    .setAttributes({ b: 1 })
    .addEvent('e')
    .addLink({ context: REMOTE })
    .addLinks([])
    .setStatus({ code: 2 })
    .updateName('n')
  assert.equal(same, span)
  span.recordException(new Error('e'))
  span.end()
  span[Symbol.dispose]()
  assert.equal(span.isRecording(), false)
}

test('the methods of a span that is not recorded do nothing', () => {
  const before = { ...unsampled.recorder }
  const span = unsampled.source.start('root', undefined)
  callEverything(span)
  assert.equal(unsampled.sink.records.length, 0)
  assert.equal(unsampled.recorder.started, before.started + 1)
  assert.equal(unsampled.recorder.unsampled, before.unsampled + 1)
})

test('while tracing is off there is one span, whose context nobody continues', () => {
  const source = offSource([])
  const span = source.start('off', { parent: REMOTE })
  assert.equal(span, NOOP_SPAN)
  assert.deepEqual(span.spanContext(), { traceId: '0'.repeat(32), spanId: '0'.repeat(16), traceFlags: 0 })
  callEverything(span)
  assert.equal(recordSpan(() => {}, { options: { parent: span } }).parentSpanId, undefined)
})

test('while only context propagates, a parent is passed on as it is', () => {
  const source = new PropagatingSource(['tracecontext'])
  const span = source.start('step', { parent: REMOTE })
  const { traceId, spanId, traceFlags, traceState } = span.spanContext()
  assert.deepEqual([traceId, spanId, traceFlags, traceState?.serialize()], [REMOTE.traceId, REMOTE.spanId, 3, 'a=b'])
  assert.deepEqual([span.isRecording(), source.started], [false, 1])
})

test('while only context propagates, a trace is started where there is none', () => {
  const source = new PropagatingSource(['tracecontext'])
  const root = source.start('step', undefined)
  assert.equal(root.spanContext().traceFlags, 3)
  const inner: NonRecordingSpan = runInContext(root, () => source.start('inner', undefined), undefined)
  assert.deepEqual(inner.spanContext(), root.spanContext())
  const other = source.start('other', { root: true })
  assert.notEqual(other.spanContext().traceId, root.spanContext().traceId)
})
