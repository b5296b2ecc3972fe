import assert from 'node:assert/strict'
import test from 'node:test'
import { currentSource, onFirstSpan, setSource, settledSource, startSpan } from '../../src/trace/current-source.ts'
import { NOOP_SPAN } from '../../src/trace/non-recording-span.ts'
import { offSource } from '../../src/trace/span-source.ts'
import { createRecording } from '../support/recording.ts'

test('nothing is settled until the first span, which sets up once', () => {
  let setUps = 0
  const { source } = createRecording()
  onFirstSpan(() => {
    setUps++
    setSource(source)
  })
  assert.equal(settledSource(), undefined)
  assert.equal(startSpan('first').isRecording(), true)
  assert.equal(startSpan('second').isRecording(), true)
  assert.deepEqual([currentSource() === source, settledSource() === source, setUps], [true, true, 1])
})

test('another set-up takes over at once', () => {
  setSource(offSource([]))
  assert.equal(startSpan('off'), NOOP_SPAN)
})
