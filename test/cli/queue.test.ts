import assert from 'node:assert/strict'
import test from 'node:test'
import { nearMatches } from '../../src/cli/queue.ts'

const KNOWN = ['14d4a1da-e105', '14d4b000-aaaa', 'ffffffff-0000', 'e105ffff-1111', '99999999-2222']

const rows: readonly [id: string, near: readonly string[]][] = [
  ['14d4a1da-e105', ['14d4a1da-e105', '14d4b000-aaaa'].slice(0, 1)],
  ['14d4', ['14d4a1da-e105', '14d4b000-aaaa']],
  ['E105', ['e105ffff-1111', '14d4a1da-e105']],
  ['14d4a1dx', ['14d4a1da-e105']],
  ['14d4a1da-e1O5', ['14d4a1da-e105']],
  ['nothing-like-it', []],
  ['', []],
  ['x'.repeat(100_000), []],
]
for (const [id, near] of rows) {
  test(`near ${JSON.stringify(id.slice(0, 20))}: ${near.join(', ') || 'nothing'}`, () => {
    assert.deepEqual(nearMatches(id, KNOWN), near)
  })
}

test('five at most', () => {
  const known = Array.from({ length: 20 }, (_, index) => `letter-${index}`)
  assert.equal(nearMatches('letter', known).length, 5)
})
