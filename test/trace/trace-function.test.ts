import assert from 'node:assert/strict'
import test from 'node:test'
import { setSource } from '../../src/trace/current-source.ts'
import { offSource } from '../../src/trace/span-source.ts'
import { traceFunction } from '../../src/trace/trace-function.ts'
import type { TraceFunctionOptions } from '../../src/types/span.ts'
import { createRecording } from '../support/recording.ts'

function weld(this: unknown, tolerance: number, _extra?: string): number {
  return tolerance * 2
}

const recording = createRecording()
setSource(recording.source)

function lastSpan(): ReturnType<typeof recording.spans>[number] {
  return recording.spans().at(-1)!
}

const FILE = 'test/trace/trace-function.test.ts'

const options: readonly [what: string, options: TraceFunctionOptions | string, name: string, module: unknown][] = [
  ['nothing', {}, 'weld', FILE],
  ['a name as text', 'merge', 'merge', FILE],
  ['name and module', { name: 'merge', module: 'mesh' }, 'merge', 'mesh'],
  ['undefined', { name: undefined, module: undefined, kind: undefined, attributes: undefined }, 'weld', FILE],
]
for (const [what, given, name, module] of options) {
  test(`with ${what}, the span is ${name} of ${module}`, () => {
    assert.equal(traceFunction(given, weld)(21), 42)
    assert.equal(lastSpan().name, name)
    assert.deepEqual({ ...lastSpan().attributes }, { 'function.name': name, 'function.module': module })
  })
}

test('the function alone will do, and one without a name is anonymous', () => {
  assert.equal(traceFunction(weld)(4), 8)
  assert.equal(lastSpan().name, 'weld')
  traceFunction(() => {})()
  assert.equal(lastSpan().name, 'anonymous')
})

test('kind and attributes are on the span, the caller’s before ours', () => {
  traceFunction({ kind: 2, attributes: { a: 1, 'function.module': 'mine' } }, weld)(1)
  assert.deepEqual([lastSpan().kind, lastSpan().attributes.a], [2, 1])
  assert.equal(lastSpan().attributes['function.module'], 'mine')
})

test('the traced function keeps this, name, length and arguments', () => {
  const receiver = {
    factor: 3,
    times: traceFunction(function times(this: { factor: number }, a: number, b: number) {
      return this.factor * a * b
    }),
  }
  assert.deepEqual([receiver.times(2, 7), receiver.times.name, receiver.times.length], [42, 'times', 2])
})

test('the span of a traced function holds what runs in it, and its error', async () => {
  const failing = traceFunction('failing', async () => {
    recording.tracer.startSpan('inside').end()
    throw new Error('boom')
  })
  await assert.rejects(failing(), /boom/)
  const [inside, outside] = recording.spans().slice(-2)
  assert.deepEqual([inside!.parentSpanId, outside!.status.message], [outside!.spanId, 'boom'])
})

test('a stack that cannot be read leaves the module out', t => {
  const unreadable = [Object.assign(() => [], {}), () => undefined, () => ''] as const
  for (const prepare of unreadable) {
    Error.prepareStackTrace = prepare
    t.after(() => Reflect.deleteProperty(Error, 'prepareStackTrace'))
    const traced = traceFunction(weld)
    Reflect.deleteProperty(Error, 'prepareStackTrace')
    traced(1)
    assert.deepEqual({ ...lastSpan().attributes }, { 'function.name': 'weld' })
  }
})

test('a working directory that is gone leaves the module out', t => {
  t.mock.method(process, 'cwd', () => {
    throw new Error('ENOENT')
  })
  traceFunction(weld)(1)
  assert.equal(lastSpan().attributes['function.module'], undefined)
})

test('a function that is wrapped elsewhere than below the working directory has its whole path', t => {
  t.mock.method(process, 'cwd', () => '/elsewhere')
  traceFunction(weld)(1)
  assert.match(String(lastSpan().attributes['function.module']), /^\/.*\/trace-function\.test\.ts$/)
})

test('while tracing is off, wrapping gives the function itself, and what was wrapped before only calls it', t => {
  const wrapped = traceFunction(weld)
  setSource(offSource([]))
  t.after(() => setSource(recording.source))
  const before = recording.recorder.started
  assert.equal(traceFunction(weld), weld)
  assert.equal(traceFunction({ name: 'other' }, weld), weld)
  assert.deepEqual([wrapped(3), recording.recorder.started], [6, before])
})
