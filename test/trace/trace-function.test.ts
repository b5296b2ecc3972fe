import assert from 'node:assert/strict'
import { EventEmitter } from 'node:events'
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

test('what else the program has put on the function is kept', () => {
  const hidden = Symbol('hidden')
  const fn = Object.assign(function weld() {}, { displayName: 'Weld', [hidden]: { a: 1 } })
  Object.defineProperty(fn, 'unlisted', { value: 7, enumerable: false })
  const traced = traceFunction(fn) as typeof fn & { unlisted: number }
  assert.deepEqual([Object.keys(traced), traced[hidden], traced.unlisted], [['displayName'], { a: 1 }, 7])
  assert.equal(traced[hidden], fn[hidden])
})

test('an async function is seen as one', () => {
  const traced = traceFunction(async () => {})
  assert.equal(Object.prototype.toString.call(traced), '[object AsyncFunction]')
  assert.throws(() => Reflect.construct(traced, []), /not a constructor/)
})

test('a proxy that does not want to be looked at is traced all the same', () => {
  const traps = ['ownKeys', 'getOwnPropertyDescriptor', 'getPrototypeOf'] as const
  const handler = Object.fromEntries(traps.map(trap => [trap, () => assert.fail('no')]))
  assert.equal(traceFunction('proxied', new Proxy(weld, handler))(3), 6)
  assert.equal(lastSpan().name, 'proxied')
})

function Vertex(this: { x: number }, x: number): void {
  this.x = x
}
const TracedVertex = traceFunction(Vertex) as unknown as { new (x: number): { x: number } }

test('a function that is called with new makes the same object, in a span', () => {
  const vertex = new TracedVertex(3)
  assert.deepEqual([vertex.x, lastSpan().name], [3, 'Vertex'])
  assert.ok(vertex instanceof Vertex && vertex instanceof TracedVertex)
  class Corner extends TracedVertex {}
  const corner = new Corner(4)
  assert.deepEqual([corner.x, corner instanceof Corner, corner.constructor], [4, true, Corner])
})

test('a built-in or bound constructor is called with new as well, and its error is recorded', () => {
  const TracedMap = traceFunction(Map as unknown as () => void) as unknown as MapConstructor
  assert.equal(new TracedMap([[1, 2]]).get(1), 2)
  assert.equal(lastSpan().name, 'Map')
  assert.throws(() => TracedMap.call(undefined as never), /requires 'new'/)
  assert.equal(lastSpan().status.code, 2)
  const Bound = traceFunction(Vertex.bind(null as never)) as unknown as { new (x: number): { x: number } }
  assert.ok(new Bound(5) instanceof Vertex)
})

class Mesh {
  static made = 0
  static make = traceFunction(function make(this: unknown) {
    return this
  })
  weld = traceFunction(function weld(this: unknown) {
    return this
  })
}
class FineMesh extends Mesh {}
class Sole {}
Object.assign(Sole.prototype, { weld: traceFunction(function weld() {}) })
class FineSole extends Sole {}
const listener = traceFunction(function listener() {})
const plain = { weld: traceFunction(function weld() {}) }
const bare = Object.assign(Object.create(null), { weld: traceFunction(function weld() {}) })
const hostile = new Proxy({}, { getOwnPropertyDescriptor: () => assert.fail('no') })

const receivers: readonly [what: string, call: () => unknown, name: string][] = [
  ['a method of an object of a class', () => new Mesh().weld(), 'Mesh.weld'],
  ['a static method', () => Mesh.make(), 'Mesh.make'],
  ['an inherited static method, whose name is settled by now', () => FineMesh.make(), 'Mesh.make'],
  ['a method that a subclass inherits', () => (new FineSole() as never as { weld(): void }).weld(), 'Sole.weld'],
  ['a method of a plain object', () => plain.weld(), 'weld'],
  ['a method of an object without a prototype', () => bare.weld(), 'weld'],
  ['a listener, whose receiver is the emitter', () => new EventEmitter().on('e', listener).emit('e'), 'listener'],
  ['a function called on a primitive', () => traceFunction(weld).call('text', 1), 'weld'],
  ['a function called on a proxy that throws', () => traceFunction(weld).call(hostile, 1), 'weld'],
]
for (const [what, call, name] of receivers) {
  test(`the span of ${what} is ${name}`, () => {
    call()
    assert.deepEqual([lastSpan().name, lastSpan().attributes['function.name']], [name, name])
  })
}

test('the span of a traced function holds what runs in it, and its error', async () => {
  const failing = traceFunction('failing', async () => {
    recording.tracer.startSpan('inside').end()
    throw new Error('boom')
  })
  await assert.rejects(failing(), /boom/)
  const [inside, outside] = recording.spans().slice(-2)
  assert.deepEqual([inside!.parentSpanId, outside!.status.message], [outside!.spanId, 'boom'])
})

const untyped = traceFunction as (...given: readonly unknown[]) => unknown
const OPTIONS = 'traceFunction options'
const called = 'takes its options before the function, and as a decorator it is called: @traceFunction()'

const wrong: readonly [
  what: string,
  given: readonly unknown[],
  error: typeof TypeError | typeof RangeError,
  message: string,
][] = [
  ['null for the options', [null], TypeError, `${OPTIONS} must be an object, got null`],
  ['a number for the options', [7, weld], TypeError, `${OPTIONS} must be an object, got a number`],
  [
    'an option that does not exist',
    [{ nane: 'x' }],
    TypeError,
    `${OPTIONS}.nane is not an option; accepted are name, module, kind, attributes`,
  ],
  ['a name that is no text', [{ name: 7 }, weld], TypeError, `${OPTIONS}.name must be a non-empty string, got 7`],
  ['an empty name', [{ name: '' }], RangeError, `${OPTIONS}.name must be a non-empty string, got ""`],
  ['an empty name as text', ['', weld], RangeError, 'traceFunction name must be a non-empty string, got ""'],
  ['an empty module', [{ module: '' }, weld], RangeError, `${OPTIONS}.module must be a non-empty string, got ""`],
  [
    'a kind by its name',
    [{ kind: 'SERVER' }],
    TypeError,
    `${OPTIONS}.kind must be an integer from 0 to 4, got "SERVER"`,
  ],
  ['a kind that does not exist', [{ kind: 5 }], RangeError, `${OPTIONS}.kind must be an integer from 0 to 4, got 5`],
  [
    'attributes that are none',
    [{ attributes: ['a'] }],
    TypeError,
    `${OPTIONS}.attributes must be an object, got an array`,
  ],
  ['no function', ['name', undefined], TypeError, `traceFunction ${called}; as the function it got undefined`],
  ['the function first', [weld, { name: 'x' }], TypeError, `traceFunction ${called}`],
  [
    'a standard decorator that is not called',
    [weld, { kind: 'method', name: 'weld' }],
    TypeError,
    `traceFunction ${called}`,
  ],
  [
    'a legacy decorator that is not called',
    [Mesh.prototype, 'weld', {}],
    TypeError,
    `traceFunction ${called}; as the function it got "weld"`,
  ],
  ['a class', [Mesh], TypeError, 'traceFunction cannot wrap a class, here Mesh: trace its methods instead'],
  [
    'a class without a name',
    ['name', class {}],
    TypeError,
    'traceFunction cannot wrap a class, here an anonymous one: trace its methods instead',
  ],
]
for (const [what, given, error, message] of wrong) {
  test(`${what} is refused, also while tracing is off`, t => {
    for (const source of [recording.source, offSource([])]) {
      setSource(source)
      t.after(() => setSource(recording.source))
      assert.throws(() => untyped(...given), { name: error.name, message })
    }
  })
}

test('options are read when the function is wrapped, and never again', () => {
  let reads = 0
  const attributes = { a: 1 }
  const given = {
    get name(): string {
      if (reads++ > 2) throw new Error('read again')
      return 'once'
    },
    attributes,
  }
  const traced = traceFunction(given, weld)
  attributes.a = 2
  const readsToWrap = reads
  assert.deepEqual([traced(1), traced(2), reads], [2, 4, readsToWrap])
  assert.deepEqual([lastSpan().name, lastSpan().attributes.a], ['once', 1])
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
