import assert from 'node:assert/strict'
import { EventEmitter, on } from 'node:events'
import { Readable } from 'node:stream'
import { describe, test } from 'node:test'
import { types } from 'node:util'
import fc from 'fast-check'
import { setSource } from '../../src/trace/current-source.ts'
import { getCurrentSpan } from '../../src/trace/current-span.ts'
import { offSource } from '../../src/trace/span-source.ts'
import { traceFunction } from '../../src/trace/trace-function.ts'
import type { SpanView } from '../../src/types/exporter.ts'
import { bodies, type Request, requests, runBody, runBodyAsync } from '../support/generator-scripts.ts'
import { createRecording, type Recording } from '../support/recording.ts'

const boom = new TypeError('boom')

function record(): Recording {
  const recording = createRecording()
  setSource(recording.source)
  return recording
}

/** Asserts that one span has ended, and gives it. */
function onlySpan({ recorder, spans }: Recording): SpanView {
  assert.deepEqual([recorder.started, recorder.ended, recorder.open.count], [1, 1, 0])
  return spans()[0]!
}

function* count(limit: number): Generator<number, string, unknown> {
  for (let i = 0; i < limit; i++) yield i
  return 'done'
}

async function* countAsync(limit: number): AsyncGenerator<number, string, unknown> {
  for (let i = 0; i < limit; i++) {
    await undefined
    yield i
  }
  return 'done'
}

describe('the span of a generator', () => {
  test('begins with the first next and ends with the iteration', () => {
    const recording = record()
    const generator = traceFunction(count)(2)
    assert.equal(recording.recorder.started, 0)
    assert.deepEqual(generator.next(), { value: 0, done: false })
    assert.deepEqual([recording.recorder.open.count, recording.recorder.ended], [1, 0])
    assert.deepEqual([...generator], [1])
    const { name, status } = onlySpan(recording)
    assert.deepEqual([name, status.code], ['count', 0])
    assert.deepEqual(generator.next(), { value: undefined, done: true })
  })

  test('ends when its consumer breaks out early, and without an error', () => {
    const recording = record()
    for (const value of traceFunction(count)(10)) if (value === 3) break
    assert.equal(onlySpan(recording).status.code, 0)
  })

  test('stays open while a finally block of an early return still yields', () => {
    const recording = record()
    const generator = traceFunction(function* () {
      try {
        yield 1
      } finally {
        yield 2
      }
    })()
    generator.next()
    assert.deepEqual(generator.return(), { value: 2, done: false })
    assert.equal(recording.recorder.open.count, 1)
    assert.deepEqual(generator.next(), { value: undefined, done: true })
    onlySpan(recording)
  })

  test('records what the body throws, and what its consumer throws into it', () => {
    const failing = traceFunction(function* () {
      yield 1
      throw boom
    })
    for (const fail of [() => [...failing()], () => throwInto(failing())]) {
      const recording = record()
      assert.throws(fail, boom)
      const { status, events } = onlySpan(recording)
      assert.deepEqual([status, events.length], [{ code: 2, message: 'boom' }, 1])
    }
  })

  test('records what the default of a parameter throws when the function is called', () => {
    const recording = record()
    const generate = traceFunction(function* (_value: unknown = fail()) {})
    assert.throws(() => generate(), boom)
    assert.equal(onlySpan(recording).status.message, 'boom')
  })

  for (const [what, act] of [
    ['is never asked for anything', () => {}],
    ['is asked to return first', (generator: ReturnType<typeof count>) => generator.return('early')],
    ['is thrown into first', (generator: ReturnType<typeof count>) => assert.throws(() => generator.throw(boom), boom)],
  ] as const) {
    test(`does not exist if the generator ${what}`, () => {
      const recording = record()
      const generator = traceFunction(count)(3)
      act(generator)
      assert.equal(recording.recorder.started, 0)
    })
  }

  test('is the parent of what the body starts, in every resumption, and of nothing that its consumer does', () => {
    const recording = record()
    const generate = traceFunction('generate', function* () {
      for (const name of ['a', 'b', 'c']) {
        recording.tracer.startSpan(name).end()
        yield name
      }
    })
    recording.tracer.span('consumer', () => {
      for (const name of generate()) recording.tracer.startSpan(`${name} consumed`).end()
    })
    const spans = recording.spans()
    const parentOf = (name: string): string | undefined => {
      const { parentSpanId } = spans.find(span => span.name === name)!
      return spans.find(({ spanId }) => spanId === parentSpanId)?.name
    }
    assert.deepEqual(['a', 'b', 'c'].map(parentOf), ['generate', 'generate', 'generate'])
    assert.deepEqual(['a consumed', 'c consumed', 'generate'].map(parentOf), ['consumer', 'consumer', 'consumer'])
  })

  test('outlasts a body that resumes itself, which gets the error that generators have for it', () => {
    const recording = record()
    const generator: Generator<unknown> = traceFunction(function* () {
      try {
        generator.next()
      } catch (error) {
        yield error
      }
      yield getCurrentSpan()?.isRecording()
    })()
    assert.match(String(generator.next().value), /already running/)
    assert.deepEqual([generator.next().value, generator.next().done], [true, true])
    assert.equal(onlySpan(recording).status.code, 0)
  })

  test('goes on into the set-up it was begun under, and the next generator has none once tracing is off', () => {
    const recording = record()
    const generate = traceFunction(count)
    const generator = generate(2)
    generator.next()
    setSource(offSource([]))
    assert.deepEqual([[...generator], [...generate(2)]], [[1], [0, 1]])
    onlySpan(recording)
  })
})

function throwInto(generator: Generator): void {
  generator.next()
  generator.throw(boom)
}

function fail(): never {
  throw boom
}

describe('the span of an async generator', () => {
  test('covers the iteration, and is current after every await and yield', async () => {
    const recording = record()
    const generate = traceFunction('generate', async function* () {
      for (const name of ['a', 'b']) {
        recording.tracer.startSpan(`${name} before`).end()
        await new Promise(setImmediate)
        recording.tracer.startSpan(`${name} after`).end()
        yield name
      }
    })
    await recording.tracer.span('consumer', async () => {
      for await (const name of generate()) recording.tracer.startSpan(name).end()
    })
    const spans = recording.spans()
    const [generated, consumer] = ['generate', 'consumer'].map(name => spans.find(span => span.name === name)!)
    const parents = Object.fromEntries(spans.map(span => [span.name, span.parentSpanId]))
    for (const name of ['a before', 'a after', 'b before', 'b after']) assert.equal(parents[name], generated!.spanId)
    for (const name of ['a', 'b', 'generate']) assert.equal(parents[name], consumer!.spanId)
    assert.deepEqual([recording.recorder.open.count, generated!.status.code], [0, 0])
  })

  test('ends when its consumer breaks out early', async () => {
    const recording = record()
    for await (const value of traceFunction(countAsync)(10)) if (value === 3) break
    assert.equal(onlySpan(recording).status.code, 0)
  })

  test('ends once where more is asked for than there is, all at once', async () => {
    const recording = record()
    const generator = traceFunction(countAsync)(1)
    const results = await Promise.all([generator.next(), generator.next(), generator.next(), generator.return('early')])
    assert.deepEqual(
      results.map(({ value }) => value),
      [0, 'done', undefined, 'early'],
    )
    onlySpan(recording)
  })

  test('ends also where its body has asked for the last step itself', async () => {
    const recording = record()
    let last: Promise<IteratorResult<number>> | undefined
    const generator: AsyncGenerator<number> = traceFunction(async function* () {
      last = generator.next()
      yield 1
    })()
    assert.deepEqual([(await generator.next()).value, (await last)?.done], [1, true])
    onlySpan(recording)
  })

  test('records a rejection, which the consumer gets', async () => {
    const recording = record()
    const generator = traceFunction(async function* () {
      yield 1
      throw boom
    })()
    await assert.rejects(drain(generator), boom)
    assert.equal(onlySpan(recording).status.message, 'boom')
  })

  test('is the parent of what the body starts when a stream or an event drives it', async () => {
    const recording = record()
    const emitter = new EventEmitter()
    const listen = traceFunction('listen', async function* () {
      for await (const [line] of on(emitter, 'line', { close: ['end'] })) {
        recording.tracer.startSpan(String(line)).end()
        yield line
      }
    })
    const stream = Readable.from(listen())
    const lines = stream.toArray()
    await new Promise(setImmediate)
    for (const line of ['a', 'b']) emitter.emit('line', line)
    emitter.emit('end')
    assert.deepEqual(await lines, ['a', 'b'])
    const [a, b, generated] = recording.spans()
    assert.deepEqual(
      [a!.parentSpanId, b!.parentSpanId, generated!.name],
      [generated!.spanId, generated!.spanId, 'listen'],
    )
  })
})

async function drain(generator: AsyncGenerator): Promise<void> {
  for await (const _ of generator) {
    // Only its end matters.
  }
}

describe('a traced generator function', () => {
  test('is seen as one, and gives the generator that the function makes', () => {
    record()
    for (const fn of [count, countAsync]) {
      const traced = traceFunction(fn)
      assert.equal(Object.prototype.toString.call(traced), Object.prototype.toString.call(fn))
      assert.ok(traced instanceof Object.getPrototypeOf(fn).constructor)
      assert.equal(traced.prototype, fn.prototype)
      const generator = traced(1)
      assert.ok(types.isGeneratorObject(generator) && generator instanceof traced && generator instanceof fn)
      assert.equal(Object.getPrototypeOf(generator), fn.prototype)
      assert.deepEqual(Object.keys(generator), [])
      for (const method of ['next', 'return', 'throw'] as const) {
        assert.deepEqual([generator[method].name, generator[method].length], [method, 1])
      }
      assert.throws(() => Reflect.construct(traced, []), /not a constructor/)
    }
  })

  test('is delegated to with yield*, spread, destructured, and traced once more', () => {
    const recording = record()
    const traced = traceFunction('inner', count)
    const outer = traceFunction('outer', function* () {
      return yield* traced(2)
    })
    const [first, ...rest] = outer()
    assert.deepEqual([first, rest], [0, [1]])
    const [inner, around] = recording.spans()
    assert.deepEqual([inner!.name, around!.name, inner!.parentSpanId], ['inner', 'outer', around!.spanId])
    assert.deepEqual([...traceFunction('twice', traced)(2)], [0, 1])
    assert.deepEqual(
      recording.spans().map(({ name }) => name),
      ['inner', 'outer', 'inner', 'twice'],
    )
  })

  test('may be bound or a proxy, and then covers the iteration as well', () => {
    for (const fn of [count.bind(undefined), new Proxy(count, {})]) {
      const recording = record()
      assert.deepEqual([...traceFunction(fn)(2)], [0, 1])
      onlySpan(recording)
    }
  })

  test('that gives something else gives it untouched', () => {
    const recording = record()
    for (const other of [undefined, 7, {}, Object.freeze(count(1))]) {
      assert.equal(traceFunction(new Proxy(count, { apply: () => other as never }))(1), other)
    }
    assert.equal(recording.recorder.started, 0)
  })

  test('hands through what an iterator of the program’s own gives, also where that throws when it is read', () => {
    const recording = record()
    let reads = 0
    const result = {
      value: 1,
      get done(): boolean {
        if (reads++ > 0) throw boom
        return false
      },
    }
    const iterable = { [Symbol.iterator]: () => ({ next: () => result }) }
    const generator = traceFunction(function* () {
      yield* iterable
    })()
    assert.equal(generator.next(), result)
    assert.equal(recording.recorder.open.count, 1)
    generator.return(undefined)
    onlySpan(recording)
  })
})

/** What came of each request, in order. */
type Outcome = readonly ['result', unknown, boolean | undefined] | readonly ['error', unknown]

interface Play {
  readonly outcomes: readonly Outcome[]
  readonly seen: readonly unknown[]
}

function play(generate: (seen: (what: unknown) => void) => Generator, script: readonly Request[]): Play {
  const seen: unknown[] = []
  const generator = generate(what => seen.push(what))
  const outcomes = script.map(({ method, value }): Outcome => {
    try {
      const { value: result, done } = generator[method](value)
      return ['result', result, done]
    } catch (error) {
      return ['error', error]
    }
  })
  return { outcomes, seen }
}

async function playAsync(
  generate: (seen: (what: unknown) => void) => AsyncGenerator,
  script: readonly Request[],
  allAtOnce: boolean,
): Promise<Play> {
  const seen: unknown[] = []
  const generator = generate(what => seen.push(what))
  const steps: Promise<Outcome>[] = []
  for (const { method, value } of script) {
    const step = generator[method](value).then(
      ({ value: result, done }): Outcome => ['result', result, done],
      (error: unknown): Outcome => ['error', error],
    )
    steps.push(step)
    if (!allAtOnce) await step
  }
  return { outcomes: await Promise.all(steps), seen }
}

/** A generator whose body ran has one span, which has ended if the iteration has, and was current whenever it ran. */
function assertOneSpan(
  { recorder, spans }: Recording,
  { outcomes }: Play,
  script: readonly Request[],
  ids: unknown[],
): void {
  const ran = script[0]!.method === 'next'
  const isOver = outcomes.some(([what, , done]) => what === 'error' || done === true)
  const started = ran ? 1 : 0
  const ended = ran && isOver ? 1 : 0
  assert.deepEqual([recorder.started, recorder.ended, recorder.open.count], [started, ended, started - ended])
  assert.ok(new Set(ids).size <= 1)
  for (const { spanId, status } of spans()) {
    assert.ok(ids.every(id => id === spanId))
    assert.equal(status.code, outcomes.some(([what]) => what === 'error') && !returnedFirst(outcomes) ? 2 : 0)
  }
}

/** Whether it ended well before anything was thrown into what was over by then. */
function returnedFirst(outcomes: readonly Outcome[]): boolean {
  const end = outcomes.find(([what, , done]) => what === 'error' || done === true)
  return end?.[0] === 'result'
}

describe('whatever a body does and in whatever order it is asked, a traced generator does what its twin does, in one span:', () => {
  test('generators', () => {
    fc.assert(
      fc.property(bodies, requests, (body, script) => {
        const recording = record()
        const ids: unknown[] = []
        const traced = traceFunction(function* (seen: (what: unknown) => void): Generator {
          return yield* runBody(body, what => {
            ids.push(getCurrentSpan()?.spanContext().spanId)
            seen(what)
          })
        })
        const played = play(traced, script)
        assert.deepEqual(
          played,
          play(seen => runBody(body, seen), script),
        )
        assertOneSpan(recording, played, script, ids)
      }),
      { numRuns: 1_000 },
    )
  })

  test('async generators', async () => {
    await fc.assert(
      fc.asyncProperty(bodies, requests, fc.boolean(), async (body, script, allAtOnce) => {
        const recording = record()
        const ids: unknown[] = []
        const traced = traceFunction(async function* (seen: (what: unknown) => void): AsyncGenerator {
          return yield* runBodyAsync(body, what => {
            ids.push(getCurrentSpan()?.spanContext().spanId)
            seen(what)
          })
        })
        const played = await playAsync(traced, script, allAtOnce)
        assert.deepEqual(played, await playAsync(seen => runBodyAsync(body, seen), script, allAtOnce))
        assertOneSpan(recording, played, script, ids)
      }),
      { numRuns: 1_000 },
    )
  })
})
