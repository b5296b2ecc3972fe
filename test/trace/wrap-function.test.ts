import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import { setSource } from '../../src/trace/current-source.ts'
import { traceFunction } from '../../src/trace/trace-function.ts'
import type { SpanView } from '../../src/types/exporter.ts'
import type { AnyFunction } from '../../src/types/span.ts'
import { createRecording } from '../support/recording.ts'

/** A call of a function that calls others, and how it ends. */
interface Call {
  readonly form: 'sync' | 'async' | 'generator' | 'async generator' | 'constructor' | 'thenable'
  readonly ends: 'returns' | 'throws'
  /** After which its consumer breaks out of a generator; it yields before each of its calls. */
  readonly maxSteps: number
  readonly calls: readonly Call[]
}

const { call } = fc.letrec<{ call: Call }>(tie => ({
  call: fc.record({
    form: fc.constantFrom('sync', 'async', 'generator', 'async generator', 'constructor', 'thenable'),
    ends: fc.constantFrom('returns', 'throws'),
    maxSteps: fc.integer({ min: 0, max: 4 }),
    calls: fc.oneof({ depthSize: 'small' }, fc.constant([]), fc.array(tie('call'), { maxLength: 3 })),
  }) as fc.Arbitrary<Call>,
}))

/** What came of every call whose body ran, by its path in the tree. */
interface Play {
  readonly ran: Map<string, 'unsettled' | 'returned' | 'threw'>
  readonly results: Map<string, unknown>
}

type Trace = <F extends AnyFunction>(name: string, fn: F) => F

async function play(root: Call, trace: Trace): Promise<Play> {
  const ran: Play['ran'] = new Map()
  const results: Play['results'] = new Map()
  await perform(root, 'root')
  return { ran, results }

  /** Calls it and consumes what it gives; the promise is for those that go on after the call. */
  async function perform(call: Call, path: string): Promise<void> {
    try {
      results.set(path, await invoke(call, path))
      if (ran.has(path)) ran.set(path, 'returned')
    } catch (error) {
      results.set(path, error)
      ran.set(path, 'threw')
    }
  }

  function invoke(call: Call, path: string): unknown {
    const performAll = (): Promise<void>[] => call.calls.map((inner, i) => perform(inner, `${path}.${i}`))
    const begin = (): unknown => ran.set(path, 'unsettled')
    const end = (): string => {
      if (call.ends === 'throws') throw new Error(path)
      return path
    }
    switch (call.form) {
      case 'sync':
        return trace(path, () => [begin(), performAll(), end()][2])()
      case 'thenable':
        return typeof trace(path, () => lazy([begin(), performAll(), end()]))()
      case 'async':
        return trace(path, async () => [begin(), await Promise.all(performAll()), end()][2])()
      case 'constructor':
        return Reflect.construct(
          trace(path, function (this: { path: string }) {
            begin()
            performAll()
            this.path = end()
          }),
          [],
        ).path
      case 'generator':
        return consume(
          trace(path, function* () {
            begin()
            for (const [i, inner] of call.calls.entries()) {
              yield i
              void perform(inner, `${path}.${i}`)
            }
            end()
          })(),
          call,
        )
      case 'async generator':
        return consumeAsync(
          trace(path, async function* () {
            begin()
            for (const [i, inner] of call.calls.entries()) {
              yield i
              await perform(inner, `${path}.${i}`)
            }
            end()
          })(),
          call,
        )
    }
  }
}

/** A thenable that must not be asked for its outcome. */
function lazy(object: object): object {
  return Object.defineProperty(object, 'then', { value: () => assert.fail('asked') })
}

function consume(generator: Generator<number>, { maxSteps }: Call): number {
  let steps = 0
  if (maxSteps > 0) for (const _ of generator) if (++steps === maxSteps) break
  return steps
}

async function consumeAsync(generator: AsyncGenerator<number>, { maxSteps }: Call): Promise<number> {
  let steps = 0
  if (maxSteps > 0) for await (const _ of generator) if (++steps === maxSteps) break
  return steps
}

function assertSpan(span: SpanView, { ran }: Play, byId: ReadonlyMap<string, SpanView>): void {
  const parent = span.name.split('.').slice(0, -1).join('.')
  assert.equal(byId.get(span.parentSpanId ?? '')?.name ?? '', parent)
  assert.deepEqual(
    span.status,
    ran.get(span.name) === 'threw' ? { code: 2, message: span.name } : { code: 0, message: '' },
  )
}

test('whatever a tree of traced functions does, it does what its twin does, with one span that ends once for each call', async () => {
  await fc.assert(
    fc.asyncProperty(call, async root => {
      const recording = createRecording()
      setSource(recording.source)
      const played = await play(root, traceFunction)
      // Calls that nobody waits for go on for a few turns of the microtasks.
      await new Promise(setImmediate)
      assert.deepEqual(played, await playToEnd(root))
      const spans = recording.spans()
      const { started, ended, open } = recording.recorder
      assert.deepEqual([started, ended, open.count], [spans.length, spans.length, 0])
      assert.deepEqual(spans.map(({ name }) => name).sort(), [...played.ran.keys()].sort())
      const byId = new Map(spans.map(span => [span.spanId, span]))
      for (const span of spans) assertSpan(span, played, byId)
    }),
    { numRuns: 300 },
  )
})

async function playToEnd(root: Call): Promise<Play> {
  const played = await play(root, (_name, fn) => fn)
  await new Promise(setImmediate)
  return played
}
