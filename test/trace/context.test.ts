import assert from 'node:assert/strict'
import asyncHooks from 'node:async_hooks'
import test from 'node:test'
import { setImmediate, setTimeout } from 'node:timers/promises'

/** Counts the storages that are made from here on. */
let storages = 0
const { AsyncLocalStorage } = asyncHooks
asyncHooks.AsyncLocalStorage = class<T> extends AsyncLocalStorage<T> {
  constructor() {
    super()
    storages++
  }
}

process.env.TRACEPARENT = '00-12345678901234567890123456789012-1234567890123456-01'
const {
  bindTraceContext,
  extractTraceContext,
  getCurrentSpan,
  getTracer,
  initTracing,
  injectTraceContext,
  withTraceContext,
} = await import('../../src/index.ts')
const { MemoryExporter } = await import('../../src/testing.ts')

const memory = new MemoryExporter()
const HEADERS = { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-03', tracestate: 'a=b' }
const ENVIRONMENT_SPAN = '1234567890123456'

function parentOf(name: string): string | undefined {
  const span = memory.spans.findLast(span => span.name === name)
  assert.ok(span, `${name} has arrived`)
  return span.parentSpanId
}

test('nothing that can do without a storage makes one', async () => {
  const bound = bindTraceContext((n: number) => n + 1)
  assert.equal(bound(1), 2)
  extractTraceContext(HEADERS)
  injectTraceContext()
  assert.equal(getCurrentSpan(), undefined)
  const tracing = initTracing({ exporters: { kind: 'custom', exporter: memory }, logger: false, handleSignals: false })
  flush = () => tracing.flush()
  getTracer().startSpan('not current').end()
  assert.equal(storages, 0)
  // An exporter object is run in a context of its own, so that its spans are not recorded.
  await flush()
  withTraceContext(extractTraceContext({}), () => {})
  getTracer().span('current', () => {})
  assert.equal(storages, 1)
})

const tracer = getTracer()
let flush: () => Promise<unknown>

test('current spans nest, across awaits and timers, and are gone behind their callbacks', async () => {
  await tracer.span('outer', async outer => {
    assert.equal(getCurrentSpan(), outer)
    await setImmediate()
    await tracer.span('inner', async inner => {
      await setTimeout(1)
      assert.equal(getCurrentSpan(), inner)
    })
    assert.equal(getCurrentSpan(), outer)
    await Promise.all(
      [1, 2, 3].map(n =>
        tracer.span(`parallel ${n}`, () => setImmediate().then(() => tracer.span(`leaf ${n}`, () => {}))),
      ),
    )
  })
  assert.equal(getCurrentSpan(), undefined)
  await flush()
  const names = new Map(memory.spans.map(span => [span.spanId, span.name]))
  for (const n of [1, 2, 3]) {
    assert.equal(names.get(parentOf(`leaf ${n}`)!), `parallel ${n}`)
    assert.equal(names.get(parentOf(`parallel ${n}`)!), 'outer')
  }
})

test('a span with no other context continues the environment’s, unless it is told not to', async () => {
  tracer.startSpan('default').end()
  tracer.startSpan('root', { root: true }).end()
  tracer.startSpan('null', { parent: null }).end()
  withTraceContext(extractTraceContext(undefined), () => tracer.startSpan('empty').end())
  withTraceContext(extractTraceContext(HEADERS), () => tracer.startSpan('extracted').end())
  await flush()
  assert.deepEqual(['default', 'root', 'null', 'empty', 'extracted'].map(parentOf), [
    ENVIRONMENT_SPAN,
    undefined,
    undefined,
    undefined,
    'b7ad6b7169203331',
  ])
  assert.equal(memory.spans.find(span => span.name === 'default')?.parentIsRemote, true)
})

test('an extracted context has no current span, and its end brings the old one back', () => {
  tracer.span('outer', outer => {
    const result = withTraceContext(extractTraceContext(HEADERS), () => {
      assert.equal(getCurrentSpan(), undefined)
      assert.deepEqual(injectTraceContext(), HEADERS)
      return 'result'
    })
    assert.deepEqual([result, getCurrentSpan()], ['result', outer])
  })
})

test('what a callback throws passes through', () => {
  const error = new Error('boom')
  assert.throws(
    () =>
      withTraceContext(extractTraceContext(HEADERS), () => {
        throw error
      }),
    error,
  )
})

test('a bound function runs where it was bound, with its own this and arguments', () => {
  const receiver = {
    factor: 2,
    times: tracer.span('binder', span =>
      bindTraceContext(function (this: { factor: number }, n: number) {
        assert.equal(getCurrentSpan(), span)
        return this.factor * n
      }),
    ),
  }
  assert.equal(receiver.times(21), 42)
  tracer.span('other', () => assert.equal(receiver.times(4), 8))
})

test('of a bound function nothing is read, so that one which lets nobody look at it can be called', () => {
  const guarded = new Proxy((n: number) => n + 1, {
    get: () => {
      throw new Error('no')
    },
  })
  assert.equal(tracer.span('binder', () => bindTraceContext(guarded))(1), 2)
})

test('a function bound outside of every span has none inside of one', () => {
  const bound = bindTraceContext(() => getCurrentSpan())
  tracer.span('caller', () => assert.equal(bound(), undefined))
})

const unusable: readonly unknown[] = [null, undefined, 7, 'context', {}, { spanContext: 7, baggage: 7, requestId: 7 }]
for (const context of unusable) {
  test(`${JSON.stringify(context)} in place of a context counts as an empty one`, async () => {
    const headers = withTraceContext(context as never, () => {
      tracer.startSpan('unusable').end()
      return injectTraceContext()
    })
    await flush()
    assert.deepEqual([headers, parentOf('unusable')], [{}, undefined])
  })
}
