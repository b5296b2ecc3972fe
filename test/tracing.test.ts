import assert from 'node:assert/strict'
import test from 'node:test'
import {
  childEnv,
  type ExportResult,
  ensureRequestId,
  extractTraceContext,
  getRequestId,
  getTracer,
  getTracing,
  initTracing,
  injectTraceContext,
  type SpanBatch,
  type TracingOptions,
  withTraceContext,
} from '../src/index.ts'
import { MemoryExporter } from '../src/testing.ts'
import { settledSource } from '../src/trace/current-source.ts'
import { assertBalanced } from './support/ledger.ts'

const HEADERS = {
  traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-03',
  tracestate: 'a=b',
  baggage: 'k=v',
  'x-request-id': 'run-7',
}

/** A set-up that records into memory on this thread and says nothing. */
function record(options: TracingOptions = {}): { tracing: ReturnType<typeof initTracing>; memory: MemoryExporter } {
  const memory = new MemoryExporter()
  const exporters = { kind: 'custom', exporter: memory } as const
  return { tracing: initTracing({ exporters, logger: false, handleSignals: false, ...options }), memory }
}

function names(memory: MemoryExporter): string[] {
  return memory.spans.map(span => span.name)
}

test('getTracer initialises nothing, the first started span does, from the environment', t => {
  assert.equal(getTracer(), getTracer())
  assert.equal(settledSource(), undefined)
  process.env.OTEL_TRACES_EXPORTER = 'none'
  process.env.OTEL_LOG_LEVEL = 'none'
  t.after(() => {
    delete process.env.OTEL_TRACES_EXPORTER
    delete process.env.OTEL_LOG_LEVEL
  })
  getTracer().startSpan('first').end()
  const { enabled, propagating, exporters } = getTracing()
  assert.deepEqual([enabled, propagating, exporters], [false, true, []])
  assert.equal(getTracing(), getTracing())
  assert.deepEqual(getTracing().stats(), { started: 1, open: 0, unsampled: 1, ended: 0, exporters: {} })
})

test('what is set up last is the present one', () => {
  const { tracing } = record()
  assert.equal(getTracing(), tracing)
  assert.deepEqual([tracing.enabled, tracing.propagating, tracing.exporters], [true, true, ['custom']])
})

test('a new set-up takes over at once, and spans begun under the old one end into it', async () => {
  const old = record()
  const early = getTracer().startSpan('early')
  const next = record()
  getTracer().startSpan('late', { parent: early }).end()
  old.tracing.tracer.startSpan('by the old tracer').end()
  early.end()
  await Promise.all([old.tracing.flush(), next.tracing.flush()])
  assert.deepEqual([names(old.memory), names(next.memory)], [['by the old tracer', 'early'], ['late']])
  assert.equal(next.memory.spans[0]?.parentSpanId, old.memory.spans[1]?.spanId)
})

test('a replaced set-up goes on until its last span has ended and been delivered, and then closes', async t => {
  t.mock.timers.enable({ apis: ['setInterval'] })
  const { promise: closed, resolve: close } = withResolvers()
  const memory = Object.assign(new MemoryExporter(), { close })
  const old = initTracing({ exporters: { kind: 'custom', exporter: memory }, logger: false, handleSignals: false })
  const last = old.tracer.startSpan('last')
  initTracing({ enabled: false, logger: false })
  t.mock.timers.tick(60_000)
  last.end()
  t.mock.timers.tick(1_000)
  assert.equal(old.stats().exporters.custom?.pending, 1)
  await old.flush()
  t.mock.timers.tick(1_000)
  await closed
  assert.deepEqual(names(memory), ['last'])
})

function withResolvers(): { promise: Promise<void>; resolve: () => void } {
  let resolve: () => void = () => {}
  const promise = new Promise<void>(settle => {
    resolve = settle
  })
  return { promise, resolve }
}

test('a wrong option throws and leaves the present set-up as it is', () => {
  const { tracing } = record()
  assert.throws(() => initTracing({ exitTimeoutMs: -1 }), { name: 'RangeError', message: /exitTimeoutMs/ })
  assert.throws(() => initTracing({ serviceName: 7 as never }), { name: 'TypeError', message: /serviceName/ })
  assert.equal(getTracing(), tracing)
})

test('the counts add up, whatever became of the spans', async () => {
  const { tracing, memory } = record({ sampler: { kind: 'traceidratio', ratio: 0.5 } })
  for (let i = 0; i < 200; i++) tracing.tracer.startSpan('ended').end()
  const open = Array.from({ length: 10 }, () => tracing.tracer.startSpan('open')).filter(span => span.isRecording())
  assertBalanced(tracing.stats())
  assert.deepEqual(await tracing.flush(), { ok: true, pending: 0 })
  const stats = tracing.stats()
  assertBalanced(stats)
  assert.deepEqual([stats.started, stats.open, stats.exporters.custom?.acked], [210, open.length, memory.spans.length])
})

test('each exporter has its own counts, and a refusal makes a flush not ok', async () => {
  const refusing = { name: 'refusing', export: (): ExportResult => ({ outcome: 'rejected', message: 'no' }) }
  const { tracing } = record({
    exporters: [
      { kind: 'custom', exporter: refusing },
      { kind: 'custom', exporter: new MemoryExporter() },
    ],
  })
  tracing.tracer.startSpan('span').end()
  assert.deepEqual(await tracing.flush(), { ok: false, pending: 0 })
  const { custom, 'custom#2': second } = tracing.stats().exporters
  assert.deepEqual([tracing.exporters, custom?.rejected, custom?.lastError], [['custom', 'custom#2'], 1, 'no'])
  assert.deepEqual([second?.acked, second?.rejected], [1, 0])
  assert.deepEqual(await tracing.flush(), { ok: true, pending: 0 })
})

test('a shut-down set-up counts what ends later, closes its exporter once, and answers the same again', async () => {
  let closes = 0
  const memory = Object.assign(new MemoryExporter(), { close: () => void closes++ })
  const { tracing } = record({ exporters: { kind: 'custom', exporter: memory } })
  const late = tracing.tracer.startSpan('late')
  tracing.tracer.startSpan('in time').end()
  const results = await Promise.all([tracing.shutdown(), tracing.shutdown()])
  late.end()
  assert.deepEqual(results, [
    { ok: true, pending: 0 },
    { ok: true, pending: 0 },
  ])
  assert.deepEqual([names(memory), closes], [['in time'], 1])
  const stats = tracing.stats()
  assertBalanced(stats)
  assert.equal(stats.exporters.custom?.dropped.closed, 1)
  assert.deepEqual(await tracing.shutdown(), { ok: true, pending: 0 })
})

test('a flush that meets a slow exporter resolves at its timeout with what is pending', async () => {
  const { promise, resolve } = withResolvers()
  const slow = { name: 'slow', export: () => promise.then((): ExportResult => ({ outcome: 'acked' })) }
  const { tracing } = record({ exporters: { kind: 'custom', exporter: slow } })
  tracing.tracer.startSpan('span').end()
  assert.deepEqual(await tracing.flush({ timeoutMs: 20 }), { ok: false, pending: 1 })
  resolve()
  assert.deepEqual(await tracing.flush(), { ok: true, pending: 0 })
})

test('off: nothing is started or delivered, and flush and shutdown have nothing to do', async () => {
  const tracing = initTracing({ enabled: false, logger: false })
  tracing.tracer.startSpan('span').end()
  assert.deepEqual([tracing.enabled, tracing.propagating, tracing.exporters], [false, false, []])
  assert.deepEqual(tracing.stats(), { started: 0, open: 0, unsampled: 0, ended: 0, exporters: {} })
  assert.deepEqual(
    [await tracing.flush(), await tracing.shutdown()],
    [
      { ok: true, pending: 0 },
      { ok: true, pending: 0 },
    ],
  )
})

test('limits, resource and scope of the set-up are on what it exports', async () => {
  let batch: SpanBatch | undefined
  const exporter = {
    name: 'kept',
    export: (given: SpanBatch): ExportResult => {
      batch = { ...given, resource: given.resource, scope: given.scope }
      return { outcome: 'acked' }
    },
  }
  const { tracing } = record({
    exporters: { kind: 'custom', exporter },
    serviceName: 'svc',
    resource: { team: 'mesh' },
  })
  tracing.tracer.startSpan('span').end()
  await tracing.flush()
  assert.deepEqual([batch?.resource['service.name'], batch?.resource.team], ['svc', 'mesh'])
  assert.equal(batch?.scope.name, 'blueprint-tracing')
})

test('the start line names the exporters, at info; every notice is a warning', t => {
  process.env.OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT = 'many'
  t.after(() => delete process.env.OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT)
  const lines: string[] = []
  const log = (level: string) => (message: string) => void lines.push(`${level}: ${message}`)
  const logger = { error: log('error'), warn: log('warn'), info: log('info'), debug: log('debug') }
  record({ logger })
  assert.match(lines.find(line => line.startsWith('info:')) ?? '', /custom/)
  assert.ok(lines.some(line => line.startsWith('warn:') && line.includes('OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT')))
  lines.length = 0
  initTracing({ enabled: false, logger })
  assert.match(lines[0] ?? '', /^debug: off, because/)
})

test('a logger that throws breaks nothing', async () => {
  const fail = (): never => {
    throw new Error('logger')
  }
  const { tracing, memory } = record({ logger: { error: fail, warn: fail, info: fail, debug: fail } })
  tracing.tracer.startSpan('span').end()
  await tracing.shutdown()
  assert.deepEqual(names(memory), ['span'])
})

test('childEnv gives a copy of an environment with the current context', () => {
  const { tracing } = record()
  const given = { PATH: '/bin', TRACEPARENT: 'stale', traceState: 'stale' }
  withTraceContext(extractTraceContext(HEADERS), () =>
    tracing.tracer.span('parent', span => {
      const { traceId, spanId } = span.spanContext()
      assert.deepEqual(childEnv(given), {
        PATH: '/bin',
        TRACEPARENT: `00-${traceId}-${spanId}-03`,
        TRACESTATE: 'a=b',
        BAGGAGE: 'k=v',
        REQUEST_ID: 'run-7',
      })
      assert.deepEqual([childEnv().PATH, childEnv().TRACESTATE], [process.env.PATH, 'a=b'])
    }),
  )
  assert.deepEqual([given.TRACEPARENT, process.env.TRACEPARENT], ['stale', undefined])
  assert.deepEqual(childEnv(given), { PATH: '/bin' })
})

test('without propagators nothing travels', () => {
  const { tracing } = record({ propagators: ['none'] })
  tracing.tracer.span('span', () => {
    assert.deepEqual([injectTraceContext(), childEnv({ A: '1' })], [{}, { A: '1' }])
    assert.equal(extractTraceContext(HEADERS).spanContext, undefined)
  })
})

test('the request id that the process has got outlives a new set-up', () => {
  record({ propagators: ['request-id'] })
  const requestId = ensureRequestId()
  record({ propagators: ['tracecontext', 'request-id'] })
  assert.deepEqual([getRequestId(), injectTraceContext()], [requestId, { 'x-request-id': requestId }])
})
