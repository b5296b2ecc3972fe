import assert from 'node:assert/strict'
import test from 'node:test'
import { getCurrentSpan, setTraceAttribute, setTraceError } from '../../src/trace/current-span.ts'
import { createRecording } from '../support/recording.ts'

test('without a current span nothing happens', () => {
  assert.equal(getCurrentSpan(), undefined)
  setTraceAttribute('a', 1)
  setTraceError(new Error('boom'))
})

test('attribute and error go to the innermost current span', () => {
  const { tracer, spans } = createRecording()
  tracer.span('outer', () =>
    tracer.span('inner', span => {
      assert.equal(getCurrentSpan(), span)
      setTraceAttribute('a', 1)
      setTraceError(new TypeError('boom'))
    }),
  )
  const [inner, outer] = spans()
  assert.deepEqual([{ ...inner!.attributes }, inner!.status], [{ a: 1 }, { code: 2, message: 'boom' }])
  assert.equal(inner!.events[0]?.attributes['exception.type'], 'TypeError')
  assert.deepEqual([{ ...outer!.attributes }, outer!.status.code, outer!.events.length], [{}, 0, 0])
})

test('a current span that is not recorded, or has ended, takes nothing', () => {
  const { tracer } = createRecording({ sampler: { kind: 'always_off' } })
  tracer.span('unsampled', span => {
    assert.equal(getCurrentSpan(), span)
    setTraceAttribute('a', 1)
    setTraceError(new Error('boom'))
  })
  const recording = createRecording()
  recording.tracer.span('ended', span => {
    span.end()
    setTraceError(new Error('boom'))
  })
  assert.equal(recording.spans()[0]?.status.code, 0)
})
