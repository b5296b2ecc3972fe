import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { setImmediate, setTimeout } from 'node:timers/promises'
import {
  bindTraceContext,
  ensureRequestId,
  extractTraceContext,
  getBaggage,
  getCurrentSpan,
  getTracer,
  getTracing,
  initTracing,
  injectTraceContext,
  setTraceAttribute,
  type Tracing,
  traceFunction,
  traceJob,
  withBaggage,
  withTraceContext,
} from '../../src/index.ts'
import { MemoryExporter, withTestTracing } from '../../src/testing.ts'
import { settledSource } from '../../src/trace/current-source.ts'
import { assertBalanced } from '../support/ledger.ts'

const REMOTE = {
  traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
  baggage: 'k=v',
  'x-request-id': 'remote',
}
// Before anything is set up, as a program's modules are loaded.
const weld = traceFunction({ name: 'weld' }, (vertices: number) => {
  setTraceAttribute('vertices', vertices)
  return vertices / 2
})

/** A job of a program, by every way of tracing. */
async function regenerate(scene: string): Promise<number> {
  return traceJob('regen3d-job', { sceneId: scene }, async () => {
    await setImmediate()
    const left = weld(scene.length * 2)
    await getTracer().span('write', () => setTimeout(1))
    getTracer().startActiveSpan('check', span => span.end())
    return left
  })
}
const TREE = ['job:regen3d-job', '  weld', '  write', '  check'].join('\n')

/** What the code under test sees of its tracing has to add up, too. */
function assertRecorded(count: number): void {
  const { tracer: _tracer, ...tracing } = getTracing()
  const stats = tracing.stats()
  assertBalanced(stats)
  assert.deepEqual([tracing.enabled, tracing.propagating, tracing.exporters], [true, true, ['test']])
  assert.deepEqual([stats.ended, stats.exporters.test?.acked], [count, count])
}

async function assertIsolated(count: number): Promise<void> {
  const tests = Array.from({ length: count }, (_, index) =>
    withTestTracing(async tracing => {
      const scene = 'x'.repeat(index + 1)
      await setTimeout(index % 3)
      assert.equal(await regenerate(scene), index + 1)
      await tracing.flush()
      assert.equal(tracing.tree(), TREE)
      const job = tracing.spans.find(span => span.name === 'job:regen3d-job')
      assert.equal(job?.attributes['scene.id'], scene)
      assert.equal(tracing.spans.find(span => span.name === 'weld')?.attributes.vertices, 2 * scene.length)
      assert.ok(tracing.spans.every(span => span.traceId === job?.traceId))
      assertRecorded(4)
      return job?.traceId
    }),
  )
  assert.equal(new Set(await Promise.all(tests)).size, count)
}

test('where nothing has been set up, 50 tests in parallel do not mix, and nothing is set up', async () => {
  assert.equal(settledSource(), undefined)
  process.env.OTEL_TRACES_EXPORTER = 'otlp'
  await assertIsolated(50)
  delete process.env.OTEL_TRACES_EXPORTER
  process.env.OTEL_LOG_LEVEL = 'none'
  assert.equal(getTracing().enabled, false)
  delete process.env.OTEL_LOG_LEVEL
})

test('where tracing is off, 50 tests in parallel do not mix, and it stays off', async () => {
  initTracing({ enabled: false, logger: false })
  await assertIsolated(50)
  assert.equal(getTracer().startSpan('outside').isRecording(), false)
  const answer = (): number => 42
  assert.equal(traceFunction(answer), answer)
})

test('where the program records, its own spans in parallel go where they went, and those of tests do not', async () => {
  const memory = new MemoryExporter()
  const tracing = setUp(memory)
  const outside = regenerate('outside')
  await Promise.all([assertIsolated(50), outside])
  await tracing.flush()
  assert.equal(memory.spans.length, 4)
  assertBalanced(tracing.stats())
  assert.equal(tracing.stats().exporters.custom?.acked, 4)
})

function setUp(memory: MemoryExporter): Tracing {
  return initTracing({ exporters: { kind: 'custom', exporter: memory }, logger: false, handleSignals: false })
}

describe('a test', () => {
  test('gives what its function gives, and may be synchronous', () => {
    const result = withTestTracing(({ spans, tree }) => {
      assert.equal(spans.length, 0)
      getTracer().span('span', () => {})
      assert.deepEqual([tree(), spans[0]?.name], ['span', 'span'])
      assertRecorded(1)
      return 7
    })
    assert.equal(result, 7)
    assert.throws(
      () =>
        withTestTracing(() => {
          throw new Error('boom')
        }),
      { message: 'boom' },
    )
  })

  test('gives its promise as it is, so that a rejection is the caller’s', async () => {
    const promise = Promise.reject(new Error('boom'))
    assert.equal(
      withTestTracing(() => promise),
      promise,
    )
    await assert.rejects(promise, { message: 'boom' })
  })

  test('inside another one has a recording of its own, and starts without its span', async () => {
    await withTestTracing(async outer => {
      await getTracer().span('outer', async () => {
        await withTestTracing(async inner => {
          assert.equal(getCurrentSpan(), undefined)
          await setImmediate()
          getTracer().span('inner', () => {})
          assert.equal(inner.tree(), 'inner')
          assert.equal(inner.spans[0]?.parentSpanId, undefined)
          assertRecorded(1)
        })
        getTracer().span('after', () => {})
      })
      assert.equal(outer.tree(), 'outer\n  after')
    })
  })

  test('starts without the context that surrounds it', () => {
    withTraceContext(extractTraceContext(REMOTE), () =>
      withTestTracing(({ spans }) => {
        const { traceparent, 'x-request-id': requestId } = injectTraceContext()
        assert.deepEqual([getBaggage().size, traceparent], [0, undefined])
        assert.notEqual(requestId, 'remote')
        getTracer().span('span', () => {})
        assert.equal(spans[0]?.parentSpanId, undefined)
      }),
    )
  })

  test('sees what its code injects, extracts and carries', () => {
    withTestTracing(({ spans }) => {
      withTraceContext(extractTraceContext(REMOTE), () => {
        assert.equal(ensureRequestId(), 'remote')
        const headers = withBaggage({ more: '1' }, () => getTracer().span('client', () => injectTraceContext()))
        assert.deepEqual([headers.baggage, headers['x-request-id']], ['k=v,more=1', 'remote'])
        assert.equal(headers.traceparent?.slice(36, 52), spans[0]?.spanId)
        assert.equal(spans[0]?.parentSpanId, 'b7ad6b7169203331')
      })
    })
  })

  test('goes on in what it has left running, and in functions that it has bound', async () => {
    let bound = (): void => {}
    let left: Promise<void> | undefined
    const { spans } = withTestTracing(tracing => {
      bound = bindTraceContext(() => getTracer().span('bound', () => {}))
      left = setTimeout(2).then(() => getTracer().span('late', () => {}))
      return tracing
    })
    bound()
    await left
    assert.deepEqual(
      spans.map(span => span.name),
      ['bound', 'late'],
    )
  })

  test('keeps its recording whatever its code sets up, and the program keeps its set-up', async () => {
    const memory = new MemoryExporter()
    const tracing = setUp(memory)
    await withTestTracing(async ({ spans }) => {
      const own = initTracing({ exporters: { kind: 'console' }, serviceName: 'under-test' })
      assert.equal(own, getTracing())
      own.tracer.span('by its tracer', () => {})
      assert.deepEqual(await own.shutdown(), { ok: true, pending: 0 })
      assert.deepEqual(await own.flush(), { ok: true, pending: 0 })
      getTracer().span('after its shutdown', () => {})
      assert.deepEqual(
        spans.map(span => span.name),
        ['by its tracer', 'after its shutdown'],
      )
      assert.throws(() => initTracing({ exitTimeoutMs: -1 }), { name: 'RangeError' })
      assertRecorded(2)
    })
    assert.equal(getTracing(), tracing)
    getTracer().span('outside', () => {})
    await tracing.flush()
    assert.deepEqual(
      memory.spans.map(span => span.name),
      ['outside'],
    )
  })

  test('records with the defaults whatever the environment says', t => {
    process.env.OTEL_TRACES_SAMPLER = 'always_off'
    process.env.OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT = '0'
    process.env.OTEL_PROPAGATORS = 'none'
    t.after(() => {
      delete process.env.OTEL_TRACES_SAMPLER
      delete process.env.OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT
      delete process.env.OTEL_PROPAGATORS
    })
    withTestTracing(({ spans }) => {
      const headers = getTracer().span('span', { attributes: { a: 1 } }, () => injectTraceContext())
      assert.deepEqual([spans[0]?.attributes.a, 'traceparent' in headers], [1, true])
    })
  })

  test('does not record what the parent has not sampled, as the default sampler has it', () => {
    withTestTracing(({ spans }) => {
      const unsampled = { traceparent: `${REMOTE.traceparent.slice(0, -1)}0` }
      withTraceContext(extractTraceContext(unsampled), () => getTracer().span('span', () => {}))
      assert.equal(spans.length, 0)
      assertBalanced(getTracing().stats())
    })
  })
})
