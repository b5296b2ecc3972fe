import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import {
  bindTraceContext,
  childEnv,
  ensureRequestId,
  extractTraceContext,
  getCurrentSpan,
  getRequestId,
  getTracer,
  getTracing,
  initTracing,
  injectTraceContext,
  type Span,
  setTraceAttribute,
  setTraceError,
  traceFunction,
  traceJob,
  withTraceContext,
} from '../../src/index.ts'
import { MemoryExporter } from '../../src/testing.ts'
import { assertBalanced } from '../support/ledger.ts'

const memory = new MemoryExporter()
const tracing = initTracing({
  exporters: { kind: 'custom', exporter: memory },
  limits: { attributeCount: 5, eventCount: 3, linkCount: 3 },
  maxQueueBytes: 2 ** 30,
  logger: false,
  handleSignals: false,
})

function throwing(): never {
  throw new Error('hostile')
}

const revoked = Proxy.revocable({}, {})
revoked.revoke()
const revokedArray = Proxy.revocable([], {})
revokedArray.revoke()
const cyclic: unknown[] = [{}]
cyclic.push(cyclic)
const context = { traceId: '1'.repeat(32), spanId: '2'.repeat(16), traceFlags: 1 }
const everyTrap = new Proxy({}, { get: () => throwing }) as ProxyHandler<object>

/** Answers something else each time it is asked. */
function fickle(...answers: readonly unknown[]): object {
  let asked = 0
  const next = (): unknown => answers[asked++ % answers.length]
  return new Proxy(
    {},
    {
      get: next,
      has: () => true,
      ownKeys: () => ['traceId', 'a'],
      getOwnPropertyDescriptor: () => ({ value: next(), enumerable: true, configurable: true }),
    },
  )
}

/** Objects made to do harm where they are read. */
const hostileObjects: readonly unknown[] = [
  revoked.proxy,
  revokedArray.proxy,
  new Proxy({}, everyTrap),
  new Proxy([], everyTrap),
  new Proxy(new Date(0), everyTrap),
  new Proxy(new Error('e'), everyTrap),
  new Proxy(new Map(), everyTrap),
  fickle(context.traceId, context.spanId, 1, 7, null, {}, throwing),
  fickle(7n, Symbol('s'), 'x'.repeat(100_000), [], cyclic),
  { toString: throwing, valueOf: throwing, [Symbol.toPrimitive]: throwing },
  { toJSON: throwing },
  Object.create(null),
  Object.defineProperty({}, 'a', { get: throwing, enumerable: true }),
  Object.defineProperty([1], '0', { get: throwing }),
  Object.assign(new Date(0), { getTime: throwing, toISOString: throwing }),
  Object.defineProperty(new Error(), 'message', { get: throwing }),
  {
    context,
    attributes: new Proxy({}, everyTrap),
    get droppedAttributesCount(): number {
      return throwing()
    },
  },
  { context: { ...context, traceState: { serialize: throwing } } },
  { context: { ...context, traceState: new Proxy({}, everyTrap) }, attributes: { a: cyclic } },
  { spanContext: throwing },
  { spanContext: () => new Proxy({}, everyTrap) },
  {
    spanContext: context,
    baggage: new Map([
      [1, 2],
      [{}, null],
    ] as never),
    requestId: 7,
  },
  { baggage: new Proxy(new Map(), everyTrap), requestId: 'x\n' },
  { parent: new Proxy({}, everyTrap), links: cyclic, attributes: cyclic, startTime: [throwing, 1], kind: 3n, root: {} },
  {
    code: 2,
    get message(): string {
      return throwing()
    },
  },
  class {},
  throwing,
  cyclic,
]

const plainValues: readonly unknown[] = [
  undefined,
  null,
  Number.NaN,
  -1,
  1e300,
  2n ** 100n,
  Symbol('s'),
  '',
  '__proto__',
  '\ud800',
  'x'.repeat(70_000),
  new Array(70_000),
  { code: 2, message: 'why' },
  { context },
  [{ context }, null, 7],
  { parent: context, kind: 1, attributes: { a: 1 }, links: [{ context }] },
  [1_700_000_000, 1],
]

/** Behind a function, since fast-check looks into what it hands out. */
const argument: fc.Arbitrary<() => never> = fc.oneof(
  fc.nat(hostileObjects.length - 1).map(index => () => hostileObjects[index] as never),
  fc.nat(plainValues.length - 1).map(index => () => plainValues[index] as never),
  fc
    .anything({ withBigInt: true, withDate: true, withMap: true, withTypedArray: true, withSparseArray: true })
    .map(value => () => value as never),
)
const inside = (): string => 'inside'

type Method = (span: Span, a: never, b: never, c: never) => unknown

const methods: readonly [what: string, call: Method][] = [
  ['setAttribute', (span, key, value) => span.setAttribute(key, value)],
  ['setAttribute with a key', (span, value) => span.setAttribute('key', value)],
  ['setAttributes', (span, attributes) => span.setAttributes(attributes)],
  ['addEvent', (span, name, attributes, time) => span.addEvent(name, attributes, time)],
  ['addLink', (span, link) => span.addLink(link)],
  ['addLinks', (span, links) => span.addLinks(links)],
  ['addLinks of one', (span, link) => span.addLinks([link])],
  ['setStatus', (span, status) => span.setStatus(status)],
  ['updateName', (span, name) => span.updateName(name)],
  ['recordException', (span, exception, time) => span.recordException(exception, time)],
  ['recordException with a cause', (span, cause) => span.recordException(new Error('e', { cause }))],
  ['end', (span, time) => span.end(time)],
]

const functions: readonly [what: string, call: (a: never, b: never, c: never) => unknown][] = [
  ['startSpan', (name, options, context) => getTracer().startSpan(name, options, context).end()],
  ['startSpan with a parent', parent => getTracer().startSpan('s', { parent }).end()],
  ['startSpan with links', links => getTracer().startSpan('s', { links }).end()],
  ['startSpan with attributes', attributes => getTracer().startSpan('s', { attributes }).end()],
  ['startSpan with a start', startTime => getTracer().startSpan('s', { startTime }).end()],
  ['startActiveSpan', (name, options, context) => getTracer().startActiveSpan(name, options, context, end)],
  ['span', (name, options) => getTracer().span(name, options, inside)],
  [
    'span with any result',
    result => getTracer().span('s', () => void Promise.resolve([getTracer().span('s', () => result)])),
  ],
  ['traceJob', (name, options) => traceJob(name, options, inside)],
  ['traceJob with a scene', sceneId => traceJob('job', { sceneId }, inside)],
  ['traceFunction with options that are not refused', (...given) => wrapped(...given)?.()],
  ['traceFunction with attributes', value => traceFunction({ attributes: { value } }, inside)()],
  ['traceFunction with a receiver', receiver => traceFunction(inside).call(receiver)],
  ['traceFunction of a method', receiver => decorated.call(receiver)],
  ['traceFunction with any result', result => void Promise.resolve([traceFunction(() => result)()])],
  ['traceFunction with any generator', result => void Promise.resolve([traceFunction(generatorOf(result))()])],
  ['setTraceAttribute', (key, value) => getTracer().span('s', () => setTraceAttribute(key, value))],
  ['setTraceError', error => getTracer().span('s', () => setTraceError(error))],
  [
    'withTraceContext',
    context => withTraceContext(context, () => [injectTraceContext(), childEnv({}), getRequestId()]),
  ],
  ['withTraceContext and a span', context => withTraceContext(context, () => traceJob('job', ensureRequestId))],
  ['injectTraceContext', carrier => getTracer().span('s', () => injectTraceContext(carrier))],
  ['extractTraceContext', carrier => withTraceContext(extractTraceContext(carrier), () => injectTraceContext())],
  ['childEnv', env => getTracer().span('s', () => childEnv(env))],
  ['bindTraceContext', given => bindTraceContext((...args: unknown[]) => args.length)(given)],
  ['getTracing', () => [getTracing().stats(), getCurrentSpan()]],
]

function end(span: Span): void {
  span.end()
}

/** Wrong options are refused when the function is wrapped, which is not during a call. */
function wrapped(name: never, module: never, attributes: never): (() => string) | undefined {
  try {
    return traceFunction({ name, module, attributes }, inside)
  } catch {
    return undefined
  }
}

const decorated = (traceFunction() as (...given: unknown[]) => typeof inside)(inside, {
  kind: 'method',
  name: 'inside',
})

/** A generator function that gives something else. */
function generatorOf(result: never): () => unknown {
  return new Proxy(function* (): Generator {}, { apply: () => result })
}

const RUNS = { numRuns: 300 }

for (const [what, call] of methods) {
  test(`${what} throws nothing, whatever it is given`, () => {
    fc.assert(
      fc.property(argument, argument, argument, (a, b, c) => {
        const span = getTracer().startSpan('span')
        call(span, a(), b(), c())
        span.end()
        call(span, a(), b(), c())
      }),
      RUNS,
    )
  })
}

for (const [what, call] of functions) {
  test(`${what} throws nothing, whatever it is given`, () => {
    fc.assert(
      fc.property(argument, argument, argument, (a, b, c) => {
        call(a(), b(), c())
      }),
      RUNS,
    )
  })
}

test('what an exception of the caller’s own is thrown with is thrown on, whatever it is', () => {
  fc.assert(
    fc.property(argument, given => {
      const error = given()
      const fail = (): never => {
        throw error
      }
      try {
        getTracer().span('s', fail)
      } catch (thrown) {
        assert.ok(Object.is(thrown, error))
        return
      }
      assert.fail('nothing was thrown')
    }),
    RUNS,
  )
})

test('every span that came out of it is whole, and all are accounted for', async () => {
  assert.deepEqual(await tracing.flush(), { ok: true, pending: 0 })
  const stats = tracing.stats()
  assertBalanced(stats)
  assert.deepEqual([stats.open, stats.ended], [0, memory.spans.length])
  assert.ok(memory.spans.length > 5_000)
})
