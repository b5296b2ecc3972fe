import assert from 'node:assert/strict'
import test from 'node:test'
import { type OpenSpan, OpenSpans } from '../../src/trace/open-spans.ts'
import { createRecording } from '../support/recording.ts'

function openSpan(): OpenSpan {
  return { previous: undefined, following: undefined }
}

test('open spans are listed newest first, wherever the ended ones stood', () => {
  const open = new OpenSpans()
  const [a, b, c, d] = [openSpan(), openSpan(), openSpan(), openSpan()]
  for (const span of [a, b, c, d]) open.add(span)
  open.remove(b)
  open.remove(d)
  assert.deepEqual([open.list().indexOf(c), open.list().indexOf(a), open.list().length, open.count], [0, 1, 2, 2])
  open.remove(a)
  open.remove(c)
  assert.deepEqual([open.list(), open.count], [[], 0])
})

test('10,000 are listed, more are counted, and one that ends makes room for the next', () => {
  const open = new OpenSpans()
  const spans = Array.from({ length: 10_002 }, openSpan)
  for (const span of spans) open.add(span)
  assert.deepEqual([open.list().length, open.count], [10_000, 10_002])
  open.remove(spans[10_001]!)
  assert.deepEqual([open.list().length, open.count], [10_000, 10_001])
  open.remove(spans[0]!)
  const late = openSpan()
  open.add(late)
  assert.deepEqual([open.list().length, open.count, open.list()[0] === late], [10_000, 10_001, true])
})

test('a tracer’s open spans are those started and not ended', () => {
  const { tracer, recorder } = createRecording()
  const [first, second] = [tracer.startSpan('first'), tracer.startSpan('second')]
  assert.deepEqual(
    recorder.open.list().map(span => span === (first as unknown) || span === (second as unknown)),
    [true, true],
  )
  first.end()
  first.end()
  assert.deepEqual([recorder.open.list().length, recorder.open.count], [1, 1])
})
