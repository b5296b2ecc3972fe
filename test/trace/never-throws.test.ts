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
import { anything } from '../support/arbitraries-hostile.ts'
import { assertBalanced } from '../support/ledger.ts'

const memory = new MemoryExporter()
const tracing = initTracing({
  exporters: { kind: 'custom', exporter: memory },
  limits: { attributeCount: 5, eventCount: 3, linkCount: 3 },
  maxQueueBytes: 2 ** 30,
  logger: false,
  handleSignals: false,
})

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
  ['span with any result', result => getTracer().span('s', () => result)],
  ['traceJob', (name, options) => traceJob(name, options, inside)],
  ['traceJob with a scene', sceneId => traceJob('job', { sceneId }, inside)],
  ['traceFunction with options that are not refused', (...given) => wrapped(...given)?.()],
  ['traceFunction with attributes', value => traceFunction({ attributes: { value } }, inside)()],
  ['traceFunction with a receiver', receiver => traceFunction(inside).call(receiver)],
  ['traceFunction of a method', receiver => decorated.call(receiver)],
  ['traceFunction with any result', result => traceFunction(() => result)()],
  ['traceFunction with any generator', result => traceFunction(generatorOf(result))()],
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

/** A span chains the promise that its callback returns, be it a rejected one. */
function handle(result: unknown): void {
  try {
    if (result instanceof Promise) result.catch(() => {})
  } catch {
    // One that cannot be chained has come back as it is.
  }
}

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

const RUNS = { numRuns: 100 }

for (const [what, call] of methods) {
  test(`${what} throws nothing, whatever it is given`, () => {
    fc.assert(
      fc.property(anything, anything, anything, (a, b, c) => {
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
      fc.property(anything, anything, anything, (a, b, c) => {
        handle(call(a(), b(), c()))
      }),
      RUNS,
    )
  })
}

test('what an exception of the caller’s own is thrown with is thrown on, whatever it is', () => {
  fc.assert(
    fc.property(anything, given => {
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
  assert.ok(memory.spans.length > 1_500)
})
