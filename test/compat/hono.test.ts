import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { httpInstrumentationMiddleware } from '@hono/otel'
import { Hono } from 'hono'
import { trace } from 'otel-api-1.9'
import {
  extractTraceContext,
  getTracer,
  initTracing,
  injectTraceContext,
  SpanKind,
  SpanStatusCode,
  setTraceAttribute,
  traceJob,
  withTraceContext,
} from '../../src/index.ts'
import { MemoryExporter, spanTree } from '../../src/testing.ts'
import type { SpanView } from '../../src/types/exporter.ts'
import { assertBalanced } from '../support/ledger.ts'

type TracedBy = Parameters<typeof httpInstrumentationMiddleware>[0]

const REMOTE = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331' }
const TRACEPARENT = `00-${REMOTE.traceId}-${REMOTE.spanId}-03`

/** A server of scenes whose requests @hono/otel traces, with what a user of both would write and nothing else. */
function serveScenes(config: TracedBy, continuesTraces = false): Hono {
  const app = new Hono()
  if (continuesTraces) {
    app.use((c, next) => withTraceContext(extractTraceContext(c.req.raw.headers), next))
  }
  app.use(httpInstrumentationMiddleware({ captureRequestHeaders: ['x-step'], ...config }))
  app.get('/scenes/:id', async c => {
    const id = c.req.param('id')
    const vertices = await getTracer().span(`load ${id}`, async () => {
      await delay(Number(id) % 3)
      return 35_947
    })
    setTraceAttribute('mesh.vertices', vertices)
    return c.json({ id, vertices })
  })
  app.get('/broken', () => {
    throw new RangeError('vertex 9 of 8', { cause: new Error('truncated') })
  })
  app.onError((_, c) => c.text('broken', 500))
  return app
}

/** Runs `work` with spans recorded in memory; every one that it started must have arrived. */
async function record(work: () => Promise<void>): Promise<readonly SpanView[]> {
  const exporter = new MemoryExporter()
  const tracing = initTracing({ exporters: { kind: 'custom', exporter }, logger: false, handleSignals: false })
  await work()
  assert.deepEqual(await tracing.flush(), { ok: true, pending: 0 })
  const stats = tracing.stats()
  assertBalanced(stats)
  assert.deepEqual([stats.open, stats.ended, stats.exporters.custom!.acked], [0, stats.started, stats.started])
  assert.equal(exporter.spans.length, stats.started)
  return exporter.spans
}

async function get(app: Hono, path: string, headers: Record<string, string> = {}): Promise<string> {
  return (await app.request(path, { headers })).text()
}

function serverSpan(spans: readonly SpanView[]): SpanView {
  const found = spans.filter(span => span.kind === SpanKind.SERVER)
  assert.equal(found.length, 1)
  return found[0]!
}

after(() => trace.disable())

describe('@hono/otel traces a server with our tracer', () => {
  for (const [how, config] of [
    ['as its tracer', { tracer: getTracer() }],
    ['from a provider among its options', { tracerProvider: { getTracer: () => getTracer() } }],
    ['from the provider registered for the whole process', {}],
  ] as const) {
    test(`given ${how}`, async () => {
      trace.disable()
      if (Object.keys(config).length === 0) assert.ok(trace.setGlobalTracerProvider({ getTracer: () => getTracer() }))
      const spans = await record(async () => {
        const answer = await get(serveScenes(config), '/scenes/7?lod=2', { 'x-step': 'regen3d' })
        assert.equal(answer, '{"id":"7","vertices":35947}')
      })
      assert.equal(spanTree(spans), 'GET /scenes/:id\n  load 7')
      const { kind, status, attributes, events } = serverSpan(spans)
      assert.deepEqual([kind, status.code, events], [SpanKind.SERVER, SpanStatusCode.UNSET, []])
      assert.deepEqual(Object.fromEntries(Object.entries(attributes)), {
        'http.request.method': 'GET',
        'url.full': 'http://localhost/scenes/7?lod=2',
        'http.route': '/scenes/:id',
        'http.request.header.x-step': 'regen3d',
        'mesh.vertices': 35_947,
        'http.response.status_code': 200,
      })
    })
  }

  test('an error of a handler becomes the exception, cause included, and the status', async () => {
    const spans = await record(async () =>
      assert.equal(await get(serveScenes({ tracer: getTracer() }), '/broken'), 'broken'),
    )
    assert.equal(spanTree(spans), 'GET /broken ✗')
    const { status, attributes, events } = serverSpan(spans)
    assert.deepEqual([status.code, attributes['http.response.status_code']], [SpanStatusCode.ERROR, 500])
    assert.deepEqual(
      events.map(event => event.name),
      ['exception'],
    )
    const exception = events[0]!.attributes
    assert.deepEqual([exception['exception.type'], exception['exception.message']], ['RangeError', 'vertex 9 of 8'])
    assert.match(
      String(exception['exception.stacktrace']),
      /^RangeError: vertex 9 of 8\n[\s\S]*Caused by: Error: truncated\n/,
    )
  })

  test('fifty requests at once keep their spans apart', async () => {
    const ids = Array.from({ length: 50 }, (_, id) => String(id))
    const spans = await record(async () => {
      const app = serveScenes({ tracer: getTracer() })
      await Promise.all(ids.map(id => get(app, `/scenes/${id}`)))
    })
    const servers = new Map(spans.filter(({ kind }) => kind === SpanKind.SERVER).map(span => [span.spanId, span]))
    assert.equal(new Set(Array.from(servers.values(), span => span.traceId)).size, ids.length)
    const loads = spans.filter(({ name }) => name.startsWith('load'))
    assert.equal(loads.length, ids.length)
    for (const { name, traceId, parentSpanId } of loads) {
      const server = servers.get(parentSpanId!)
      assert.equal(server?.traceId, traceId)
      assert.equal(server.attributes['url.full'], `http://localhost/scenes/${name.slice(5)}`)
    }
  })
})

describe("the parent of a library's span is our current span, and not the context it hands over", () => {
  test('inside a job the request belongs to the job', async () => {
    const spans = await record(() =>
      traceJob('regen3d-job', async () => {
        await get(serveScenes({ tracer: getTracer() }), '/scenes/1')
      }),
    )
    assert.equal(spanTree(spans), 'job:regen3d-job\n  GET /scenes/:id\n    load 1')
  })

  test("a trace that only OpenTelemetry's context knows of is not continued", async () => {
    const spans = await record(async () => {
      await get(serveScenes({ tracer: getTracer() }), '/scenes/1', { traceparent: TRACEPARENT })
    })
    const { traceId, parentSpanId } = serverSpan(spans)
    assert.equal(parentSpanId, undefined)
    assert.notEqual(traceId, REMOTE.traceId)
  })

  test('withTraceContext around the library continues it', async () => {
    const spans = await record(async () => {
      await get(serveScenes({ tracer: getTracer() }, true), '/scenes/1', { traceparent: TRACEPARENT })
    })
    const { traceId, parentSpanId, parentIsRemote } = serverSpan(spans)
    assert.deepEqual([traceId, parentSpanId, parentIsRemote], [REMOTE.traceId, REMOTE.spanId, true])
  })

  test('so a job and the server that it calls share one trace', async () => {
    const app = serveScenes({ tracer: getTracer() }, true)
    const spans = await record(async () => {
      const headers = traceJob('simready-job', () => injectTraceContext())
      await get(app, '/scenes/1', headers)
    })
    assert.equal(spanTree(spans), 'job:simready-job\n  GET /scenes/:id\n    load 1')
    assert.equal(serverSpan(spans).parentIsRemote, true)
  })
})
