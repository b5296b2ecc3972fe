import assert from 'node:assert/strict'
import test from 'node:test'
import type { SpanSink } from '../../src/trace/recorder.ts'
import { byteTarget, ProtobufWriter } from '../../src/wire/protobuf-writer.ts'
import { createRecording } from '../support/recording.ts'

/** A sink that fails in one place, and what was asked of it. */
function failingSink(reserve: () => ProtobufWriter | undefined): SpanSink & { readonly calls: string[] } {
  const calls: string[] = []
  return {
    calls,
    largeBytes: 1_000,
    reserve: () => {
      calls.push('reserve')
      return reserve()
    },
    commit: () => void calls.push('commit'),
    refuse: () => void calls.push('refuse'),
  }
}

const sinks: readonly [what: string, reserve: () => ProtobufWriter | undefined, calls: readonly string[]][] = [
  ['has room', () => new ProtobufWriter(byteTarget(new ArrayBuffer(1_000))), ['reserve', 'commit']],
  ['has counted the span as dropped', () => undefined, ['reserve']],
  ['is too small for the record', () => new ProtobufWriter(byteTarget(new ArrayBuffer(20))), ['reserve', 'refuse']],
  [
    'finds no memory',
    () => {
      throw new RangeError('Array buffer allocation failed')
    },
    ['reserve', 'refuse'],
  ],
]
for (const [what, reserve, calls] of sinks) {
  test(`a span ends once, and throws nothing, where the sink ${what}`, () => {
    const sink = failingSink(reserve)
    const { tracer, recorder } = createRecording({ sink })
    const span = tracer.startSpan('span').setAttribute('a', 'text')
    span.end()
    span.end()
    assert.deepEqual(sink.calls, calls)
    assert.deepEqual([recorder.started, recorder.ended, recorder.open.count, span.isRecording()], [1, 1, 0, false])
  })
}
