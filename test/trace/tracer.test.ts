import assert from 'node:assert/strict'
import test from 'node:test'
import { NOOP_SPAN } from '../../src/trace/non-recording-span.ts'
import { setNoticeLog } from '../../src/trace/notices.ts'
import { offSource } from '../../src/trace/span-source.ts'
import { SourceTracer } from '../../src/trace/tracer.ts'
import type { Span, SpanOptions, Tracer } from '../../src/types/span.ts'
import { createRecording } from '../support/recording.ts'

const SERVER: SpanOptions = { kind: 1 }

/** [what, call, kind of the span]: every way to call a method with a callback */
const calls: readonly [what: string, call: (tracer: Tracer, fn: (span: Span) => string) => string, kind: number][] = [
  ['span(name, fn)', (tracer, fn) => tracer.span('s', fn), 0],
  ['span(name, options, fn)', (tracer, fn) => tracer.span('s', SERVER, fn), 1],
  ['startActiveSpan(name, fn)', (tracer, fn) => tracer.startActiveSpan('s', fn), 0],
  ['startActiveSpan(name, options, fn)', (tracer, fn) => tracer.startActiveSpan('s', SERVER, fn), 1],
  ['startActiveSpan(name, options, context, fn)', (tracer, fn) => tracer.startActiveSpan('s', SERVER, {}, fn), 1],
  [
    'startActiveSpan(name, options, undefined, fn)',
    (tracer, fn) => tracer.startActiveSpan('s', SERVER, undefined, fn),
    1,
  ],
  ['startActiveSpan(name, undefined, fn)', (tracer, fn) => tracer.startActiveSpan('s', undefined as never, fn), 0],
]
for (const [what, call, kind] of calls) {
  test(`${what} runs fn with the span and gives its result`, () => {
    const { tracer, spans } = createRecording()
    assert.equal(
      call(tracer, span => {
        span.end()
        return 'result'
      }),
      'result',
    )
    assert.deepEqual([spans().length, spans()[0]?.name, spans()[0]?.kind], [1, 's', kind])
  })

  test(`while tracing is off, ${what} runs fn with the span that does nothing`, () => {
    const tracer = new SourceTracer(() => offSource([]))
    assert.equal(
      call(tracer, span => {
        assert.equal(span, NOOP_SPAN)
        return 'result'
      }),
      'result',
    )
  })
}

test('startSpan takes a context and does not use it', () => {
  const { tracer, spans } = createRecording()
  tracer.startSpan('s', SERVER, { getValue: () => assert.fail('not used') }).end()
  assert.equal(spans()[0]?.parentSpanId, undefined)
})

test('that a context is not used is said once, at debug', () => {
  const lines: string[] = []
  const { tracer } = createRecording()
  tracer.startSpan('none given', SERVER, undefined)
  tracer.startActiveSpan('none given', SERVER, undefined as unknown, () => {})
  setNoticeLog((level, message) => lines.push(`${level}: ${message}`))
  for (let i = 0; i < 3; i++) {
    tracer.startSpan('given', SERVER, {})
    tracer.startActiveSpan('given', SERVER, {}, () => {})
  }
  assert.equal(lines.length, 1)
  assert.match(lines[0] ?? '', /^debug: a context was given .* is not used/)
})
