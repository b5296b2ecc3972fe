import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import test from 'node:test'
import type { SpanView } from '../../src/types/exporter.ts'
import { createRecording } from '../support/recording.ts'

const boom = new TypeError('boom')

function assertFailed(view: SpanView | undefined): void {
  assert.deepEqual(view?.status, { code: 2, message: 'boom' })
  assert.deepEqual([view.events.length, view.events[0]?.attributes['exception.type']], [1, 'TypeError'])
}

test('a span ends when its callback returns, and gives what that returns', () => {
  const { tracer, spans } = createRecording()
  const result = tracer.span('span', span => {
    assert.equal(span.isRecording(), true)
    return { span }
  })
  assert.equal(result.span.isRecording(), false)
  assert.deepEqual(spans()[0]?.status, { code: 0, message: '' })
})

test('a span records what its callback throws, and the same is thrown on', () => {
  const { tracer, spans } = createRecording()
  const run = (): never =>
    tracer.span('span', () => {
      throw boom
    })
  assert.throws(run, thrown => thrown === boom)
  assertFailed(spans()[0])
})

test('a span ends when the promise of its callback settles', async () => {
  const { tracer, spans } = createRecording()
  const { promise, resolve } = withResolvers<string>()
  const returned = tracer.span('span', () => promise)
  await Promise.resolve()
  assert.equal(spans().length, 0)
  resolve('value')
  assert.equal(await returned, 'value')
  assert.equal(spans().length, 1)
})

function withResolvers<T>(): { promise: Promise<T>; resolve: (value: T) => void } {
  let resolve: (value: T) => void = () => {}
  const promise = new Promise<T>(settle => {
    resolve = settle
  })
  return { promise, resolve }
}

test('a span records what the promise of its callback rejects with, and the returned one rejects with the same', async () => {
  const { tracer, spans } = createRecording()
  await assert.rejects(
    tracer.span('span', async () => {
      throw boom
    }),
    thrown => thrown === boom,
  )
  assertFailed(spans()[0])
})

test('a span that its callback has ended is left alone', async () => {
  const { tracer, spans } = createRecording()
  await assert.rejects(
    tracer.span('span', async span => {
      span.end()
      throw boom
    }),
    boom,
  )
  assert.deepEqual([spans().length, spans()[0]?.status.code], [1, 0])
})

test('a status that the callback has set to OK stays', () => {
  const { tracer, spans } = createRecording()
  const run = (): never =>
    tracer.span('span', span => {
      span.setStatus({ code: 1 })
      throw boom
    })
  assert.throws(run, boom)
  assert.equal(spans()[0]?.status.code, 1)
})

/** How often somebody asked a lazy promise or a thenable for its outcome, which may start work. */
let asked = 0

class LazyQuery extends Promise<void> {}
thenable(LazyQuery.prototype)

class Deferred extends Promise<void> {
  constructor() {
    super(() => {})
  }
}

function thenable(object: object): object {
  return Object.defineProperty(object, 'then', { value: () => asked++ })
}

function throwing(): never {
  throw new Error('no')
}

const untouched: readonly [what: string, returned: unknown][] = [
  ['a thenable', thenable({})],
  ['a promise of a class that is lazy', new LazyQuery(() => {})],
  ['a promise with a then of its own', thenable(Promise.resolve())],
  [
    'a promise whose constructor cannot be read',
    Object.defineProperty(Promise.resolve(), 'constructor', { get: throwing }),
  ],
  ['a promise of a class that takes no executor', new Deferred()],
  ['an object whose then throws', Object.defineProperty({}, 'then', { get: throwing })],
  ['a proxy that refuses', new Proxy({}, { get: throwing, getPrototypeOf: throwing })],
]
for (const [what, returned] of untouched) {
  test(`${what} is returned untouched, and the span ends at once`, () => {
    const { tracer, spans } = createRecording()
    asked = 0
    assert.ok(tracer.span('span', () => returned) === returned)
    assert.deepEqual([spans().length, asked], [1, 0])
  })
}

test('startActiveSpan makes the span current and leaves ending it to the callback', () => {
  const { tracer, spans, recorder } = createRecording()
  const span = tracer.startActiveSpan('outer', span => {
    tracer.startSpan('inner').end()
    return span
  })
  assert.deepEqual([spans().length, recorder.open.count, span.isRecording()], [1, 1, true])
  assert.equal(spans()[0]?.parentSpanId, span.spanContext().spanId)
})

const PROGRAM = `
  import { initTracing, traceJob } from '${new URL('../../src/index.ts', import.meta.url)}'
  initTracing({ exporters: { kind: 'custom', exporter: { name: 'none', export: () => ({ outcome: 'acked' }) } }, logger: false })
  process.on('unhandledRejection', (reason, promise) => console.log(reason.message, promise === returned))
  const returned = traceJob('job', async () => { throw new Error('boom') })
  if (process.argv.includes('handled')) returned.catch(() => console.log('handled'))
`
for (const [argument, output] of [
  ['unhandled', 'boom true'],
  ['handled', 'handled'],
] as const) {
  test(`a rejection that is ${argument} is so with a span around it`, () => {
    const { stdout, stderr } = spawnSync(
      process.execPath,
      ['--import', 'tsx', '--input-type=module', '--eval', PROGRAM, argument],
      { encoding: 'utf8', cwd: new URL('../..', import.meta.url) },
    )
    assert.deepEqual([stdout.trim(), stderr], [output, ''])
  })
}
