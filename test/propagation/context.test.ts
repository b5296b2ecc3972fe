import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { type TestContext, test } from 'node:test'
import fc from 'fast-check'
import { EMPTY_CONTEXT, extractContext, injectContext } from '../../src/propagation/context.ts'
import { createTraceState } from '../../src/propagation/tracestate.ts'
import type { Carrier, TraceContext } from '../../src/types/context.ts'
import type { PropagatorName } from '../../src/types/options.ts'
import type { TraceState } from '../../src/types/span.ts'
import { anyText, baggage, spanContext } from '../support/arbitraries-propagation.ts'

const T = '12345678901234567890123456789012'
const P = '1234567890123456'
const TRACEPARENT = `00-${T}-${P}-01`
const ALL: PropagatorName[] = ['tracecontext', 'baggage', 'request-id']
const FULL = { traceparent: TRACEPARENT, tracestate: 'foo=1', baggage: 'k=v', 'x-request-id': 'run-7' }

test('a whole context is read from headers, and its parent is remote', () => {
  const context = extractContext(FULL, ALL)
  assert.equal(context.spanContext?.traceState?.serialize(), 'foo=1')
  assert.deepEqual(
    { ...context.spanContext, traceState: undefined },
    {
      traceId: T,
      spanId: P,
      traceFlags: 1,
      isRemote: true,
      traceState: undefined,
    },
  )
  assert.deepEqual([...context.baggage], [['k', { value: 'v' }]])
  assert.equal(context.requestId, 'run-7')
})

test('the environment of a process reads the same', () => {
  const env = { TRACEPARENT, TRACESTATE: 'foo=1', BAGGAGE: 'k=v', REQUEST_ID: 'run-7', PATH: '/bin' }
  assert.deepEqual(injected(extractContext(env, ALL)), FULL)
})

const EMPTY: [what: string, carrier: unknown][] = [
  ['no carrier', undefined],
  ['null', null],
  ['an empty object', {}],
  ['unrelated headers', { host: 'h', 'trace-parent': TRACEPARENT }],
  ['a tracestate alone', { tracestate: 'foo=1' }],
  ['a bad traceparent with a good tracestate', { traceparent: `00-${T}-${P}-1`, tracestate: 'foo=1' }],
  ['two traceparents', { traceparent: [TRACEPARENT, TRACEPARENT] }],
  ['two traceparents that Node joined', { traceparent: `${TRACEPARENT}, ${TRACEPARENT}` }],
  ['malformed baggage', { baggage: 'a b' }],
  ['a malformed request id', { 'x-request-id': ' a' }],
]

for (const [what, carrier] of EMPTY) {
  test(`${what} is the empty context`, () => assert.equal(extractContext(carrier as Carrier, ALL), EMPTY_CONTEXT))
}

test('a bad tracestate leaves the traceparent alone', () => {
  const context = extractContext({ ...FULL, tracestate: 'foo =1' }, ALL)
  assert.equal(context.spanContext?.traceId, T)
  assert.equal(context.spanContext?.traceState, undefined)
})

const SELECTED: [propagators: PropagatorName[], headers: string[]][] = [
  [['tracecontext'], ['traceparent', 'tracestate']],
  [['baggage'], ['baggage']],
  [['request-id'], ['x-request-id']],
  [
    ['request-id', 'tracecontext'],
    ['traceparent', 'tracestate', 'x-request-id'],
  ],
  [['none'], []],
  [[], []],
]

for (const [propagators, headers] of SELECTED) {
  test(`[${propagators}] reads and writes [${headers}] and nothing else`, () => {
    assert.deepEqual(Object.keys(injected(extractContext(FULL, ALL), propagators)), headers)
    assert.deepEqual(Object.keys(injected(extractContext(FULL, propagators), ALL)), headers)
  })
}

const NOT_SENT: [what: string, context: Partial<TraceContext>][] = [
  ['nothing', {}],
  ['a trace id of zeros', { spanContext: { traceId: '0'.repeat(32), spanId: P, traceFlags: 1 } }],
  ['a span id of zeros', { spanContext: { traceId: T, spanId: '0'.repeat(16), traceFlags: 1 } }],
  ['a line break in an id', { spanContext: { traceId: T, spanId: `${P.slice(2)}\r\n`, traceFlags: 1 } }],
  ['a request id with a line break', { requestId: 'a\r\nb: c' }],
  ['an empty request id', { requestId: '' }],
]

for (const [what, context] of NOT_SENT) {
  test(`a context of ${what} writes no header`, () => assert.deepEqual(injected({ ...EMPTY_CONTEXT, ...context }), {}))
}

test('an empty tracestate is not sent, reserved flags are sent as 0', () => {
  const context = { traceId: T, spanId: P, traceFlags: 0xff, traceState: createTraceState() }
  assert.deepEqual(injected({ ...EMPTY_CONTEXT, spanContext: context }), { traceparent: `00-${T}-${P}-03` })
})

test('a carrier that is used again keeps no tracestate of another trace, and keeps what is not ours', () => {
  const carrier = { host: 'h', Traceparent: 'old', TraceState: 'old=1', baggage: 'old=1' }
  injectContext({ ...EMPTY_CONTEXT, spanContext: { traceId: T, spanId: P, traceFlags: 1 } }, carrier, ALL)
  assert.deepEqual(carrier, { host: 'h', baggage: 'old=1', traceparent: TRACEPARENT })
  injectContext(EMPTY_CONTEXT, carrier, ALL)
  assert.deepEqual(carrier, { host: 'h', baggage: 'old=1', traceparent: TRACEPARENT })
})

test('any context travels through an object, a Map and Headers', () => {
  fc.assert(
    fc.property(spanContext, baggage, fc.uuid(), (span, entries, requestId) => {
      const carriers: Carrier[] = [{}, new Map(), new Headers()]
      for (const carrier of carriers) {
        injectContext({ spanContext: span, baggage: entries, requestId }, carrier, ALL)
        assert.deepEqual(extractContext(carrier, ALL), {
          spanContext: { ...span, traceFlags: span.traceFlags & 3, isRemote: true },
          baggage: entries,
          requestId,
        })
      }
    }),
  )
})

test('whatever a context holds, only printable ASCII is written', () => {
  const anySpan = fc.record({ traceId: anyText, spanId: anyText, traceFlags: fc.double() })
  const anyState = anyText.map(text => ({ ...createTraceState(), serialize: () => text }) as TraceState)
  const anyBaggage = fc.array(fc.tuple(anyText, fc.record({ value: anyText, metadata: anyText })))
  fc.assert(
    fc.property(
      fc.oneof(spanContext, anySpan),
      anyState,
      anyBaggage,
      anyText,
      (span, traceState, entries, requestId) => {
        const context = { spanContext: { ...span, traceState }, baggage: new Map(entries), requestId }
        for (const value of Object.values(injected(context))) assert.match(value, /^[\x20-\x7e]+$/)
      },
    ),
  )
})

test('whatever the headers hold, what is read can be written and reads the same', () => {
  const anyValue = fc.oneof(anyText, fc.array(anyText), fc.constantFrom(...Object.values(FULL)))
  const anyHeaders = fc.record({
    traceparent: anyValue,
    tracestate: anyValue,
    baggage: anyValue,
    'x-request-id': anyValue,
  })
  fc.assert(
    fc.property(anyHeaders, headers => {
      const written = injected(extractContext(headers, ALL))
      assert.deepEqual(injected(extractContext(written, ALL)), written)
    }),
  )
})

test('over HTTP two traceparents are refused, two tracestates and two baggages are joined', async t => {
  const lines = [`TraceParent: ${TRACEPARENT}`, 'TraceState: a=1', 'tracestate: b=2', 'baggage: k=v', 'Baggage: l=w']
  const once = await receivedHeaders(t, lines)
  assert.deepEqual(injected(extractContext(once, ALL)), {
    traceparent: TRACEPARENT,
    tracestate: 'a=1,b=2',
    baggage: 'k=v,l=w',
  })
  const twice = await receivedHeaders(t, [`traceparent: ${TRACEPARENT}`, ...lines])
  assert.equal(extractContext(twice, ALL).spanContext, undefined)
})

function injected(context: TraceContext, propagators: readonly PropagatorName[] = ALL): Record<string, string> {
  const carrier: Record<string, string> = {}
  injectContext(context, carrier, propagators)
  return carrier
}

async function receivedHeaders(t: TestContext, lines: readonly string[]): Promise<IncomingHttpHeaders> {
  const server = createServer().listen(0, '127.0.0.1')
  t.after(() => server.close())
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  connect(port, '127.0.0.1').end(`GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n${lines.join('\r\n')}\r\n\r\n`)
  const [incoming, response] = (await once(server, 'request')) as [IncomingMessage, ServerResponse]
  response.end()
  return incoming.headers
}
