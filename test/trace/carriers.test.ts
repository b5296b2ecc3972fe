import assert from 'node:assert/strict'
import test from 'node:test'
import {
  currentPropagators,
  extractTraceContext,
  injectTraceContext,
  setDefaultPropagators,
} from '../../src/trace/carriers.ts'
import { setProcessContext, withTraceContext } from '../../src/trace/context.ts'
import { setSource } from '../../src/trace/current-source.ts'
import { offSource, PropagatingSource } from '../../src/trace/span-source.ts'
import { SourceTracer } from '../../src/trace/tracer.ts'
import type { Carrier } from '../../src/types/context.ts'
import type { PropagatorName } from '../../src/types/options.ts'
import { createRecording } from '../support/recording.ts'

const ALL: readonly PropagatorName[] = ['tracecontext', 'baggage', 'request-id']
const HEADERS = {
  traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-03',
  tracestate: 'a=b',
  baggage: 'k=v',
  'x-request-id': 'run-7',
}

test('until something is set up the default propagators hold', () => {
  assert.deepEqual([currentPropagators(), injectTraceContext()], [[], {}])
  setDefaultPropagators(() => ALL)
  assert.deepEqual(currentPropagators(), ALL)
  assert.equal(extractTraceContext(HEADERS).requestId, 'run-7')
})

const recording = createRecording()

test('inside a span its own context is injected, with what surrounds it', () => {
  setSource(recording.source)
  withTraceContext(extractTraceContext(HEADERS), () =>
    recording.tracer.span('span', span => {
      const { traceId, spanId } = span.spanContext()
      assert.equal(traceId, HEADERS.traceparent.slice(3, 35))
      assert.deepEqual(injectTraceContext(), { ...HEADERS, traceparent: `00-${traceId}-${spanId}-03` })
    }),
  )
})

const carriers: readonly [what: string, carrier: Carrier, read: (carrier: never) => object][] = [
  ['a plain object', {}, (carrier: object) => carrier],
  ['a Map', new Map<string, string>(), (carrier: Map<string, string>) => Object.fromEntries(carrier)],
  ['Headers', new Headers(), (carrier: Headers) => Object.fromEntries(carrier)],
]
for (const [what, carrier, read] of carriers) {
  test(`${what} carries a context there and back, and is what inject gives`, () => {
    setSource(recording.source)
    withTraceContext(extractTraceContext(HEADERS), () => assert.equal(injectTraceContext(carrier), carrier))
    assert.deepEqual(read(carrier as never), HEADERS)
    const { spanContext, baggage, requestId } = extractTraceContext(carrier)
    assert.deepEqual(
      [spanContext?.spanId, spanContext?.isRemote, baggage.get('k')?.value, requestId],
      ['b7ad6b7169203331', true, 'v', 'run-7'],
    )
  })
}

for (const [what, source] of [
  ['off', offSource(ALL)],
  ['on without an exporter', new PropagatingSource(ALL)],
] as const) {
  test(`while tracing is ${what}, an extracted context passes through unchanged, below spans too`, () => {
    setSource(source)
    const tracer = new SourceTracer(() => source)
    withTraceContext(extractTraceContext(HEADERS), () => {
      assert.deepEqual(injectTraceContext(), HEADERS)
      tracer.span('span', () => assert.deepEqual(injectTraceContext(), HEADERS))
    })
  })
}

test('the request id of the process goes out with a context that has none', () => {
  setSource(recording.source)
  setProcessContext(() => extractTraceContext({ 'x-request-id': 'process' }))
  withTraceContext(extractTraceContext({}), () => assert.deepEqual(injectTraceContext(), { 'x-request-id': 'process' }))
  setProcessContext(() => extractTraceContext({}))
})

test('a context made by hand that throws when it is written leaves the carrier as it is', () => {
  const baggage = Object.assign(new Map([['a', { value: '1' }]]), { [Symbol.iterator]: throwing })
  withTraceContext({ ...extractTraceContext(HEADERS), baggage }, () => assert.deepEqual(injectTraceContext(), {}))
})

test('while tracing is off, nothing new is created', () => {
  setSource(offSource(ALL))
  const tracer = new SourceTracer(() => offSource(ALL))
  assert.deepEqual(
    tracer.span('span', () => injectTraceContext()),
    {},
  )
})

test('a span that is not sampled is injected as such', () => {
  const { source, tracer } = createRecording({ sampler: { kind: 'always_off' } })
  setSource(source)
  tracer.span('span', () => assert.match(injectTraceContext().traceparent ?? '', /-02$/))
})

test('only the propagators that are set up write and read', () => {
  setSource(offSource(['request-id']))
  const context = extractTraceContext(HEADERS)
  assert.deepEqual([context.spanContext, context.baggage.size, context.requestId], [undefined, 0, 'run-7'])
  withTraceContext(context, () => assert.deepEqual(injectTraceContext(), { 'x-request-id': 'run-7' }))
})

function throwing(): never {
  throw new Error('no')
}

const hostile: readonly [what: string, carrier: unknown][] = [
  ['null', null],
  ['text', 'traceparent'],
  ['a frozen object', Object.freeze({})],
  ['a proxy that refuses', new Proxy({}, { get: throwing, set: throwing, ownKeys: throwing, has: throwing })],
  ['a Map-like that throws', { get: throwing, set: throwing, size: 1 }],
]
for (const [what, carrier] of hostile) {
  test(`${what} as a carrier gives an empty context, and comes back as it is`, () => {
    setSource(recording.source)
    const { spanContext, baggage, requestId } = extractTraceContext(carrier as Carrier)
    assert.deepEqual([spanContext, baggage.size, requestId], [undefined, 0, undefined])
    withTraceContext(extractTraceContext(HEADERS), () => {
      assert.ok(injectTraceContext(carrier as Carrier) === carrier)
    })
  })
}
