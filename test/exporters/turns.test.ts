import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createTurns } from '../../src/exporters/turns.ts'

test('callers go on one after the other, and the event loop turns between them', async () => {
  const turn = createTurns()
  const log: string[] = []
  const caller = async (name: string): Promise<void> => {
    await turn()
    log.push(name)
    setImmediate(() => log.push(`after ${name}`))
  }
  await Promise.all([caller('a'), caller('b'), caller('c')])
  assert.deepEqual(log.slice(0, 5), ['a', 'after a', 'b', 'after b', 'c'])
})
