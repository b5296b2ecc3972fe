import assert from 'node:assert/strict'
import { beforeEach, test } from 'node:test'
import { getTracer, getTracing, initTracing, traceJob } from '../../src/index.ts'
import { assertNoOpenSpans, MemoryExporter, withTestTracing } from '../../src/testing.ts'
import type { Span } from '../../src/types/span.ts'

beforeEach(() => initTracing({ enabled: false, logger: false }))

/** The line of the caller, as `file:line`. */
function here(): string {
  const line = new Error().stack?.split('\n')[2]?.match(/:(\d+):\d+\)?$/)?.[1]
  return `test/testing/open-spans.test.ts:${line}`
}

function message(): string {
  try {
    assertNoOpenSpans()
  } catch (error) {
    return (error as Error).message
  }
  return ''
}

test('nothing is open where nothing was started, or all has ended', () => {
  assertNoOpenSpans()
  withTestTracing(() => {
    assertNoOpenSpans()
    traceJob('job', () => getTracer().startSpan('span').end())
    assertNoOpenSpans()
  })
})

test('in a test, its own open spans are named, oldest first, with the line that started each', () => {
  withTestTracing(() => {
    const left = getTracer().startSpan('of the outer test')
    withTestTracing(() => {
      const lines: string[] = []
      const first = [getTracer().startSpan('first'), lines.push(here())][0] as Span
      const second = [getTracer().startSpan('second'), lines.push(here())][0] as Span
      second.updateName('renamed é')
      assert.equal(message(), `2 spans are open:\n  first, started at ${lines[0]}\n  renamed é, started at ${lines[1]}`)
      first.end()
      assert.equal(message(), `1 span is open:\n  renamed é, started at ${lines[1]}`)
      second.end()
      assertNoOpenSpans()
    })
    assert.match(message(), /^1 span is open:\n {2}of the outer test, started at /)
    left.end()
  })
})

test('outside of tests, those of every test and of the present set-up are named', () => {
  const before = initTracing({
    exporters: { kind: 'custom', exporter: new MemoryExporter() },
    logger: false,
    handleSignals: false,
  })
  const [inTest, line] = withTestTracing(() => [getTracer().startSpan('left by a test'), here()])
  const own = getTracer().startSpan('of the program')
  const unseen = before.tracer.startSpan('by its own tracer')
  const lines = message().split('\n')
  assert.ok(lines.includes(`  left by a test, started at ${line}`), lines.join('\n'))
  assert.ok(lines.some(line => line.startsWith('  of the program, started at test/testing/open-spans.test.ts:')))
  assert.ok(lines.includes('  by its own tracer, started at an unknown place'))
  for (const span of [inTest, own, unseen]) (span as Span).end()
  assert.doesNotMatch(message(), /left by a test|of the program|by its own tracer/)
})

test('spans of the handle that a test’s code gets are the test’s, wherever they are started', () => {
  const { tracer } = withTestTracing(() => getTracing())
  const span = tracer.startSpan('from outside')
  assert.match(message(), /^1 span is open:\n {2}from outside, started at test\/testing\/open-spans\.test\.ts:\d+$/)
  span.end()
  assertNoOpenSpans()
})

test('a span whose callback is under way is open, one of traceJob by its full name', () => {
  withTestTracing(() => {
    traceJob('load', () => {
      assert.match(message(), /^1 span is open:\n {2}job:load, started at test\/testing\/open-spans\.test\.ts:\d+$/)
    })
  })
})

test('of more than the tracer lists the rest is counted', () => {
  withTestTracing(() => {
    const spans = Array.from({ length: 10_005 }, () => getTracer().startSpan('span'))
    const lines = message().split('\n')
    assert.deepEqual([lines[0], lines.length, lines.at(-1)], ['10005 spans are open:', 10_002, '  and 5 more'])
    for (const span of spans) span.end()
  })
})
