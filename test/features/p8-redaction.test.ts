import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import {
  getTracer,
  getTracing,
  initTracing,
  type RedactOptions,
  type Span,
  setTraceAttribute,
  type Tracing,
  traceFunction,
  traceJob,
} from '../../src/index.ts'
import { MemoryExporter } from '../../src/testing.ts'
import type { SpanView } from '../../src/types/exporter.ts'
import { assertBalanced } from '../support/ledger.ts'

const HIDDEN = '[redacted]'
const SPANS = 3

/** A set-up of which `redact.with` knows the spans. */
interface Scene {
  readonly tracing: Tracing
  /** The one that is ending. */
  readonly span: Span
  /** Open, and not ending. */
  readonly other: Span
}

interface Case {
  readonly what: string
  readonly with: (scene: Scene, text: string) => unknown
  /** What becomes of the texts of the spans that the test ends; undefined: nothing. */
  readonly shown?: string
  /** How many spans `with` starts each time. */
  readonly starts?: number
}

function fail(thrown: unknown): never {
  throw thrown
}

/** `text`, when the rest has been done. */
function after(text: string, ..._done: unknown[]): string {
  return text
}

const traced = traceFunction('traced', () => 'text')

const cases: readonly Case[] = [
  { what: 'throws', with: () => fail(new Error('no')), shown: HIDDEN },
  { what: 'throws what cannot be shown', with: () => fail(Object.create(null)), shown: HIDDEN },
  { what: 'returns a number', with: () => 7, shown: HIDDEN },
  { what: 'returns null', with: () => null, shown: HIDDEN },
  { what: 'returns an object that is no text', with: () => ({ toString: () => fail('read') }), shown: HIDDEN },
  { what: 'returns a promise that rejects', with: () => Promise.reject(new Error('late')), shown: HIDDEN },
  { what: 'returns a huge text', with: () => 'x'.repeat(100_000), shown: 'x'.repeat(100_000) },
  { what: 'ends the very span', with: ({ span }, text) => after(text, span.end(), span.end(0)) },
  { what: 'ends another span', with: ({ other }, text) => after(text, other.end()) },
  {
    what: 'changes the very span in every way',
    with: ({ span }, text) => {
      span.setAttribute('late', 1).setAttributes({ later: 1 }).updateName('late').addEvent('late')
      span.addLink({ context: span.spanContext() }).setStatus({ code: 2, message: 'late' })
      span.recordException(new Error('late'))
      assert.ok(!span.isRecording())
      return text
    },
  },
  {
    what: 'starts and ends spans',
    with: ({ tracing: { tracer } }, text) => {
      tracer.startSpan('inner', { attributes: { a: text }, parent: null }).end()
      return tracer.span('inner', span => after(text, assert.ok(!span.isRecording())))
    },
    starts: 2,
  },
  {
    what: 'starts spans that are current',
    with: (_scene, text) => traceJob('inner', () => after(text, setTraceAttribute('late', 1), traced())),
    starts: 2,
  },
  { what: 'leaves spans open', with: (_scene, text) => after(text, getTracer().startSpan('inner')), starts: 1 },
  { what: 'reads the counts', with: ({ tracing }, text) => after(text, assertBalanced(tracing.stats())) },
  { what: 'flushes', with: ({ tracing }, text) => after(text, tracing.flush({ timeoutMs: 1 })) },
  {
    what: 'sets tracing up again',
    with: (_scene, text) => {
      initTracing({ enabled: false, redact: { with: () => assert.fail('asked') } })
      return getTracer().span('off', () => text)
    },
  },
  {
    what: 'sets tracing up again with itself',
    with: (_scene, text) => {
      const again = setUp(() => assert.fail('asked from within itself')).tracing
      again.tracer.startSpan('inner').end()
      assert.deepEqual([again.stats().unsampled, getTracing()], [1, again])
      void again.shutdown()
      return text
    },
  },
  {
    what: 'exhausts the stack',
    with: function again(scene, text): unknown {
      return [again(scene, text)]
    },
    shown: HIDDEN,
  },
]

function setUp(callback: (...given: Parameters<NonNullable<RedactOptions['with']>>) => unknown): {
  tracing: Tracing
  memory: MemoryExporter
} {
  const memory = new MemoryExporter()
  const tracing = initTracing({
    exporters: { kind: 'custom', exporter: memory },
    redact: { with: callback as RedactOptions['with'] },
    logger: false,
    handleSignals: false,
  })
  return { tracing, memory }
}

describe('P8: tracing never breaks the program, whatever redact.with does', () => {
  for (const { what, with: callback, shown, starts = 0 } of cases) {
    test(`a callback that ${what}`, async () => {
      let scene: Scene | undefined
      let asked = 0
      const { tracing, memory } = setUp((field, text) => {
        if (scene === undefined || field === 'name') return text
        asked++
        return callback(scene, text)
      })
      for (let index = 0; index < SPANS; index++) {
        const [span, other] = [tracing.tracer.startSpan('span'), tracing.tracer.startSpan('other')]
        span.setAttribute('a', 'text').addEvent('text', { a: 'text' }).setStatus({ code: 2, message: 'text' })
        scene = { tracing, span, other }
        assert.equal(span.end(), undefined)
        assert.equal(other.end(), undefined)
        assert.ok(!span.isRecording())
      }
      await tracing.flush()
      const stats = tracing.stats()
      assertBalanced(stats)
      assert.deepEqual([stats.ended, stats.open, stats.exporters.custom!.acked], [2 * SPANS, 0, 2 * SPANS])
      assert.equal(stats.unsampled, starts * asked)
      const spans = memory.spans.filter(({ attributes }) => attributes.a !== undefined)
      assert.equal(spans.length, SPANS)
      for (const view of spans) assertShown(view, shown ?? 'text')
      scene = undefined
      await tracing.shutdown()
    })
  }

  test('a callback that fails while the resource is redacted: initTracing returns all the same', async () => {
    const { tracing, memory } = setUp(() => fail(new Error('no')))
    tracing.tracer.startSpan('span').end()
    await tracing.shutdown()
    assertBalanced(tracing.stats())
    assert.equal(memory.spans[0]!.name, HIDDEN)
  })

  test('spans that a callback starts with a set-up that came after it are not recorded either', async () => {
    const first = setUp((_field, text) => getTracer().span('inner', () => text))
    const memory = new MemoryExporter()
    const span = first.tracing.tracer.startSpan('span')
    const second = initTracing({ exporters: { kind: 'custom', exporter: memory }, logger: false, handleSignals: false })
    span.end()
    second.tracer.startSpan('outer').end()
    await Promise.all([first.tracing.shutdown(), second.shutdown()])
    for (const tracing of [first.tracing, second]) assertBalanced(tracing.stats())
    assert.deepEqual(
      memory.spans.map(({ name }) => name),
      ['outer'],
    )
    assert.equal(second.stats().unsampled, 1)
  })

  test('a callback that goes on after an await does not start spans for ever', async () => {
    let asked = 0
    const { tracing, memory } = setUp((_field, text) => {
      asked++
      return Promise.resolve().then(() => getTracer().span('inner', () => text))
    })
    tracing.tracer.startSpan('span').end()
    await tracing.flush()
    await tracing.shutdown()
    assertBalanced(tracing.stats())
    assert.equal(asked, 1)
    assert.ok(memory.spans.length <= 2, `${memory.spans.length}`)
  })
})

/** The late changes have come too late, and everything else is there once. */
function assertShown({ name, attributes, events, links, status }: SpanView, text: string): void {
  assert.ok(name === 'span' || (name === HIDDEN && text === HIDDEN), name)
  assert.deepEqual({ ...attributes }, { a: text })
  assert.deepEqual(
    events.map(({ name, attributes }) => [name, { ...attributes }]),
    [[text, { a: text }]],
  )
  assert.equal(links.length, 0)
  assert.deepEqual(status, { code: 2, message: text })
}
