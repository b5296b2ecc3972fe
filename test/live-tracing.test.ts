import assert from 'node:assert/strict'
import { once } from 'node:events'
import { devNull } from 'node:os'
import test from 'node:test'
import { setImmediate } from 'node:timers/promises'
import type { Worker } from 'node:worker_threads'
import { type Exporter, getTracer, getTracing, initTracing, type LogLevel } from '../src/index.ts'
import { MemoryExporter } from '../src/testing.ts'
import type { Tracing } from '../src/types/tracing.ts'
import { startHttpServer } from './support/http-server.ts'
import { assertBalanced } from './support/ledger.ts'

const silent: Exporter = { name: 'silent', export: () => new Promise<never>(() => {}) }

function setUp(exporter: Exporter = new MemoryExporter()): Tracing {
  return initTracing({ exporters: { kind: 'custom', exporter }, logger: false, handleSignals: false })
}

test('a logger that starts spans sets nothing up in its turn', async () => {
  const heard: string[] = []
  const say = (message: string): void => {
    heard.push(message)
    getTracer().startSpan('from the logger').end()
  }
  const logger: Record<LogLevel, typeof say> = { error: say, warn: say, info: say, debug: say }
  process.env.OTEL_TRACES_EXPORTER = 'otlp'
  let workers = 0
  const count = (): number => workers++
  process.on('worker', count)
  const exporters = { kind: 'custom', exporter: new MemoryExporter() } as const
  const tracing = initTracing({ exporters, logger, handleSignals: false })
  delete process.env.OTEL_TRACES_EXPORTER
  // Node tells of a worker in the next tick.
  await setImmediate()
  process.removeListener('worker', count)
  assert.equal(getTracing(), tracing)
  assert.equal(workers, 0)
  assert.ok(heard.length > 0)
})

const custom = { kind: 'custom', exporter: new MemoryExporter() } as const
const file = { kind: 'file', path: devNull } as const
const CUSTOM_LINE =
  'a custom exporter runs on the main thread; if it answers with a promise, process.exit() and a throw cannot be waited for'
const MAIN_LINE = 'exporting on the main thread, as asked for; process.exit() and a throw cannot be waited for there'
for (const [what, options, said, workers] of [
  ['a custom exporter alone needs no worker', { exporters: custom }, CUSTOM_LINE, 0],
  ['one beside another is handed its batches by a worker', { exporters: [custom, file] }, CUSTOM_LINE, 1],
  ['no worker is started where it is not wanted', { exporters: [custom, file], exportThread: 'main' }, MAIN_LINE, 0],
] as const) {
  test(`${what}, and the limits of the main thread are said once (after a build)`, async t => {
    const lines: string[] = []
    const log = (line: string): unknown => lines.push(line)
    const logger = { error: log, warn: log, info: log, debug: log }
    let started = 0
    const count = (): number => started++
    process.on('worker', count)
    const tracing = initTracing({ ...options, logger, handleSignals: false })
    t.after(() => tracing.shutdown())
    await setImmediate()
    process.removeListener('worker', count)
    assert.equal(started, workers)
    assert.deepEqual(
      lines.filter(line => line.includes('main thread')),
      [said],
    )
  })
}

for (const timeoutMs of [Number.POSITIVE_INFINITY, Number.NaN, '5', undefined]) {
  test(`flush({ timeoutMs: ${timeoutMs} }) waits until all is delivered`, async () => {
    const tracing = setUp()
    tracing.tracer.startSpan('span').end()
    assert.deepEqual(await tracing.flush({ timeoutMs: timeoutMs as number }), { ok: true, pending: 0 })
  })
}

test('options that throw when they are read count as none', async () => {
  const tracing = setUp()
  tracing.tracer.startSpan('span').end()
  const hostile = {
    get timeoutMs(): number {
      throw new Error('hostile')
    },
  }
  assert.deepEqual(await tracing.flush(hostile), { ok: true, pending: 0 })
  assert.deepEqual(await tracing.shutdown(hostile), { ok: true, pending: 0 })
})

test('flush(null) is flush(), and a negative timeout is none', async () => {
  const tracing = setUp(silent)
  tracing.tracer.startSpan('span').end()
  assert.deepEqual(await tracing.flush({ timeoutMs: -1 }), { ok: false, pending: 1 })
  await tracing.shutdown({ timeoutMs: 0 })
  assert.deepEqual(await tracing.flush(null as never), { ok: true, pending: 0 })
})

test('a flush that is under way when a shutdown gives up is answered then', async () => {
  const tracing = setUp(silent)
  tracing.tracer.startSpan('span').end()
  const startMs = performance.now()
  const flushed = tracing.flush({ timeoutMs: 60_000 })
  await tracing.shutdown({ timeoutMs: 10 })
  assert.deepEqual(await flushed, { ok: false, pending: 0 })
  assert.ok(performance.now() - startMs < 10_000)
  assertBalanced(tracing.stats())
})

test('an export thread that dies during shutdown is replaced, and said (after a build)', async t => {
  const { origin } = await startHttpServer(t, (_, response) => {
    setTimeout(() => response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end(), 300)
  })
  const lines: string[] = []
  const log = (line: string): unknown => lines.push(line)
  const logger = { error: log, warn: log, info: log, debug: log }
  const started = once(process, 'worker')
  const tracing = initTracing({ exporters: { kind: 'otlp', url: origin }, logger, handleSignals: false })
  const [worker] = (await started) as [Worker]
  await once(worker, 'online')
  for (let i = 0; i < 10; i++) tracing.tracer.startSpan('span').end()
  const result = tracing.shutdown({ timeoutMs: 10_000 })
  await worker.terminate()
  await result
  assertBalanced(tracing.stats())
  assert.equal(tracing.stats().exporters.otlp?.dropped.exit_timeout, 0)
  assert.equal(lines.filter(line => line.startsWith('the export thread died')).length, 1)
})
