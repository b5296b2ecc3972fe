import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { EMPTY_CONTEXT, extractContext, injectContext } from '../../src/propagation/context.ts'
import { withContextEnvironment } from '../../src/propagation/environment.ts'
import { decisionOf, remoteSpan } from '../../src/propagation/remote-span.ts'
import { rootDecisionOf, type SamplingDecision, withRootDecision } from '../../src/propagation/sampling.ts'
import { createTraceState } from '../../src/propagation/tracestate.ts'
import type { Carrier, TraceContext } from '../../src/types/context.ts'
import type { PropagatorName } from '../../src/types/options.ts'
import { baggage, spanContext, spanId, traceId } from '../support/arbitraries-propagation.ts'
import { type OfficialName, officialHeaders, officiallyRead } from '../support/official-propagators.ts'

const T = '0af7651916cd43dd8448eb211c80319c'
const P = 'b7ad6b7169203331'
const Q = '05e3ac9a4f6e3b90'
const FORMATS: readonly OfficialName[] = ['b3', 'b3multi', 'jaeger', 'gcp_trace']
const EVERY: readonly PropagatorName[] = ['tracecontext', 'baggage', 'request-id', ...FORMATS]

/** A value of every header, each of another span, so that it is seen which one was read. */
const HEADERS = {
  traceparent: `00-${T}-00000000000000a1-01`,
  b3: `${T}-00000000000000a2-1`,
  'x-b3-traceid': T,
  'x-b3-spanid': '00000000000000a3',
  'x-b3-sampled': '1',
  'uber-trace-id': `${T}:a4:0:1`,
  'x-cloud-trace-context': `${T}/165;o=1`,
}

describe('of several formats', () => {
  const { b3: _single, ...withoutSingle } = HEADERS
  const rows: [propagators: PropagatorName[], headers: object, spanId: string | undefined][] = [
    [['tracecontext', 'b3', 'jaeger', 'gcp_trace'], HEADERS, 'a1'],
    [['b3', 'tracecontext'], HEADERS, 'a2'],
    [['b3multi', 'tracecontext'], HEADERS, 'a2'],
    [['b3', 'tracecontext'], withoutSingle, 'a3'],
    [['jaeger', 'b3'], HEADERS, 'a4'],
    [['gcp_trace', 'jaeger'], HEADERS, 'a5'],
    [['b3', 'jaeger'], { ...HEADERS, b3: 'junk' }, 'a4'],
    [['b3'], { ...HEADERS, b3: 'junk' }, undefined],
    [['jaeger', 'gcp_trace', 'tracecontext'], { ...HEADERS, 'uber-trace-id': '', 'x-cloud-trace-context': T }, 'a1'],
    [['b3', 'tracecontext'], { ...HEADERS, b3: '0' }, 'a1'],
    [['baggage', 'request-id'], HEADERS, undefined],
  ]
  for (const [propagators, headers, id] of rows) {
    test(`[${propagators}] reads ${id ?? 'none'}`, () => {
      const context = extractContext(headers as Carrier, propagators)
      assert.equal(context.spanContext?.spanId, id?.padStart(16, '0'))
      assert.equal(rootDecisionOf(context), undefined)
    })
  }

  test('all are written', () => {
    assert.deepEqual(injected({ ...EMPTY_CONTEXT, spanContext: remoteSpan(T, P, 'accept') }), {
      traceparent: `00-${T}-${P}-01`,
      b3: `${T}-${P}-1`,
      'x-b3-traceid': T,
      'x-b3-spanid': P,
      'x-b3-sampled': '1',
      'uber-trace-id': `${T}:${P}:0:1`,
      'x-cloud-trace-context': `${T}/13235353014750950193;o=1`,
    })
  })

  test('the first baggage that is not empty is read, and both are written', () => {
    const headers = { baggage: 'a=1', 'uberctx-b': '2' }
    const keys = (...propagators: PropagatorName[]): string[] => [
      ...extractContext(headers, propagators).baggage.keys(),
    ]
    assert.deepEqual(keys('jaeger', 'baggage'), ['b'])
    assert.deepEqual(keys('baggage', 'jaeger'), ['a'])
    assert.deepEqual(keys('b3'), [])
    const entries = new Map([['a', { value: 'x y', metadata: 'p' }]])
    assert.deepEqual(injected({ ...EMPTY_CONTEXT, baggage: entries }), { baggage: 'a=x%20y;p', 'uberctx-a': 'x%20y' })
  })
})

describe('a decision without a parent', () => {
  const rows: [
    what: string,
    headers: Record<string, string>,
    propagators: PropagatorName[],
    decision: SamplingDecision,
  ][] = [
    ['b3: 0', { b3: '0' }, ['b3'], 'deny'],
    ['b3: 1', { B3: '1' }, ['b3'], 'accept'],
    ['b3: d', { b3: 'd' }, ['tracecontext', 'b3multi'], 'debug'],
    ['x-b3-sampled: 0', { 'X-B3-Sampled': '0' }, ['b3'], 'deny'],
    ['x-b3-flags: 1', { X_B3_FLAGS: '1' }, ['b3multi'], 'debug'],
  ]
  for (const [what, headers, propagators, decision] of rows) {
    test(`${what} is kept in the context`, () => {
      const context = extractContext(headers, propagators)
      assert.deepEqual([context.spanContext, rootDecisionOf(context)], [undefined, decision])
      assert.equal(rootDecisionOf({ ...context, requestId: 'run-7' }), decision)
      assert.deepEqual(Object.keys(context), ['spanContext', 'baggage', 'requestId'])
    })
  }

  const written: [decision: SamplingDecision, single: string, multi: Record<string, string>][] = [
    ['accept', '1', { 'x-b3-sampled': '1' }],
    ['deny', '0', { 'x-b3-sampled': '0' }],
    ['debug', 'd', { 'x-b3-flags': '1' }],
  ]
  for (const [decision, single, multi] of written) {
    test(`${decision} is written by b3 alone`, () => {
      const context = withRootDecision(EMPTY_CONTEXT, decision)
      assert.deepEqual(injected(context), { b3: single, ...multi })
      assert.deepEqual(injected(context, ['tracecontext', 'jaeger', 'gcp_trace']), {})
    })
  }

  test('beside a parent it counts for nothing', () => {
    const context = withRootDecision({ ...EMPTY_CONTEXT, spanContext: remoteSpan(T, P, 'accept') }, 'deny')
    assert.deepEqual(injected(context, ['b3']), { b3: `${T}-${P}-1` })
  })

  test('what somebody else put in its place is none', () => {
    for (const decision of [undefined, 'maybe', 0, {}]) {
      assert.equal(rootDecisionOf(withRootDecision(EMPTY_CONTEXT, decision as SamplingDecision)), undefined)
    }
  })
})

describe('between formats', () => {
  const decisions: readonly (SamplingDecision | undefined)[] = ['accept', 'deny', 'debug', undefined]
  /** What is left of a decision that a format has no word for. */
  const lost = (name: PropagatorName, decision: SamplingDecision | undefined): SamplingDecision | undefined => {
    if (name === 'jaeger') return decision ?? 'deny'
    return name === 'gcp_trace' && decision === 'debug' ? 'accept' : decision
  }
  for (const name of FORMATS) {
    test(`any span and any decision come back from ${name}, in an object, a Map, Headers and an environment`, () => {
      fc.assert(
        fc.property(traceId, spanId, fc.constantFrom(...decisions), (trace, span, decision) => {
          const context = { ...EMPTY_CONTEXT, spanContext: remoteSpan(trace, span, decision) }
          const carriers: Carrier[] = [{}, new Map(), new Headers()]
          for (const carrier of carriers) injectContext(context, carrier, [name])
          for (const carrier of [...carriers, withContextEnvironment({}, context, [name])]) {
            const read = extractContext(carrier, [name]).spanContext!
            assert.deepEqual([read.traceId, read.spanId, decisionOf(read)], [trace, span, lost(name, decision)])
          }
        }),
      )
    })

    test(`OpenTelemetry reads what ${name} writes, and the reverse`, () => {
      fc.assert(
        fc.property(spanContext, given => {
          const span = { ...given, traceFlags: given.traceFlags & 1 }
          const headers = injected({ ...EMPTY_CONTEXT, spanContext: span }, [name])
          assert.deepEqual(officiallyRead(name, headers), span)
          const read = extractContext(officialHeaders(name, span), [name]).spanContext!
          const { traceId, spanId, traceFlags } = read
          assert.deepEqual({ traceId, spanId, traceFlags }, span)
        }),
      )
    })
  }

  test('debug goes on through a service that knows W3C only', () => {
    const debug = { ...EMPTY_CONTEXT, spanContext: remoteSpan(T, P, 'debug') }
    const headers = injected(debug, ['tracecontext'])
    assert.deepEqual(headers, { traceparent: `00-${T}-${P}-01`, tracestate: 'blueprint=debug' })
    assert.equal(injected(extractContext(headers, ['tracecontext']), ['b3']).b3, `${T}-${P}-d`)
  })

  test('debug without the sampled flag is none', () => {
    const traceState = createTraceState('blueprint=debug')
    const span = { traceId: T, spanId: P, traceFlags: 0, traceState }
    assert.equal(injected({ ...EMPTY_CONTEXT, spanContext: span }, ['b3']).b3, `${T}-${P}-0`)
  })

  test('a trace state that throws counts as none', () => {
    const traceState = { ...createTraceState(), serialize: () => assert.fail() }
    const span = { traceId: T, spanId: P, traceFlags: 1, traceState }
    assert.equal(injected({ ...EMPTY_CONTEXT, spanContext: span }, ['b3']).b3, `${T}-${P}-1`)
  })

  test('who knows nothing of the mark reads "not decided" as not sampled', () => {
    const span = remoteSpan(T, P, undefined)
    assert.equal(span.traceFlags, 0)
    assert.deepEqual(Object.keys(span), ['traceId', 'spanId', 'traceFlags', 'isRemote'])
    assert.equal(decisionOf({ ...span }), undefined)
  })
})

describe('a carrier that is used again', () => {
  const stale = {
    b3: 'old',
    'X-B3-TraceId': 'old',
    'X-B3-SpanId': 'old',
    'x-b3-parentspanid': 'old',
    'x-b3-sampled': '1',
    'x-b3-flags': '1',
    host: 'h',
  }
  const span = { ...EMPTY_CONTEXT, spanContext: remoteSpan(T, P, 'accept') }
  const rows: [propagators: PropagatorName[], context: TraceContext, left: object][] = [
    [['b3'], span, { host: 'h', b3: `${T}-${P}-1` }],
    [['b3multi'], span, { host: 'h', 'x-b3-traceid': T, 'x-b3-spanid': P, 'x-b3-sampled': '1' }],
    [['b3multi', 'b3'], withRootDecision(EMPTY_CONTEXT, 'deny'), { host: 'h', b3: '0', 'x-b3-sampled': '0' }],
    [['b3'], EMPTY_CONTEXT, stale],
    [['jaeger'], EMPTY_CONTEXT, stale],
  ]
  for (const [propagators, context, left] of rows) {
    test(`keeps nothing of another trace with [${propagators}]: ${Object.keys(left)}`, () => {
      const carrier = { ...stale }
      injectContext(context, carrier, propagators)
      assert.deepEqual(carrier, left)
    })
  }
})

describe('in the environment of a child', () => {
  const old = {
    B3: 'old',
    X_B3_TRACEID: 'old',
    x_b3_spanid: 'old',
    X_B3_PARENTSPANID: 'old',
    X_B3_FLAGS: '1',
    UBER_TRACE_ID: 'old',
    X_CLOUD_TRACE_CONTEXT: 'old',
    PATH: '/bin',
  }
  const span = {
    ...EMPTY_CONTEXT,
    spanContext: remoteSpan(T, Q, 'accept'),
    baggage: new Map([['userId', { value: '1' }]]),
  }
  const { UBER_TRACE_ID, X_CLOUD_TRACE_CONTEXT, PATH } = old
  const rows: [propagators: PropagatorName[], child: object][] = [
    [['b3'], { PATH, UBER_TRACE_ID, X_CLOUD_TRACE_CONTEXT, B3: `${T}-${Q}-1` }],
    [['b3multi'], { PATH, UBER_TRACE_ID, X_CLOUD_TRACE_CONTEXT, X_B3_TRACEID: T, X_B3_SPANID: Q, X_B3_SAMPLED: '1' }],
    [
      ['jaeger', 'gcp_trace'],
      { ...old, UBER_TRACE_ID: `${T}:${Q}:0:1`, X_CLOUD_TRACE_CONTEXT: `${T}/424372568660523920;o=1` },
    ],
    [['none'], old],
  ]
  for (const [propagators, child] of rows) {
    test(`[${propagators}] puts its own variables in place of stale ones, and no baggage of Jaeger's`, () => {
      assert.deepEqual(withContextEnvironment(old, span, propagators), child)
    })
  }
})

test('any context travels by all formats at once, and its baggage by two', () => {
  fc.assert(
    fc.property(spanContext, baggage, fc.uuid(), (span, entries, requestId) => {
      const headers = injected({ spanContext: span, baggage: entries, requestId })
      assert.deepEqual(extractContext(headers, EVERY), {
        spanContext: { ...span, traceFlags: span.traceFlags & 3, isRemote: true },
        baggage: entries,
        requestId,
      })
    }),
  )
})

function injected(context: TraceContext, propagators: readonly PropagatorName[] = EVERY): Record<string, string> {
  const carrier: Record<string, string> = {}
  injectContext(context, carrier, propagators)
  return carrier
}
