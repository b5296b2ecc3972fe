import assert from 'node:assert/strict'
import test from 'node:test'
import { readSources } from '../support/sources.ts'

/** One that outgrows it is two ideas. */
const MAX_LINES = 300

test(`no file of src has more than ${MAX_LINES} lines`, () => {
  const lines = Array.from(readSources(), ([file, source]) => ({ file, lines: source.split('\n').length - 1 }))
  assert.ok(lines.length > 50)
  assert.deepEqual(
    lines.filter(({ lines }) => lines > MAX_LINES),
    [],
  )
})
