import assert from 'node:assert/strict'
import { test } from 'node:test'
import { backoffMs } from '../../src/net/backoff.ts'

const RETRY = { maxElapsedMs: 120_000, initialDelayMs: 1_000, maxDelayMs: 30_000 }

const ceilings = [
  { failures: 1, ceilingMs: 1_000 },
  { failures: 2, ceilingMs: 2_000 },
  { failures: 5, ceilingMs: 16_000 },
  { failures: 6, ceilingMs: 30_000 },
  { failures: 5_000, ceilingMs: 30_000 },
]
for (const { failures, ceilingMs } of ceilings) {
  test(`after ${failures} failures the pause lies between 0 and ${ceilingMs} ms`, () => {
    assert.equal(
      backoffMs(failures, RETRY, () => 0),
      0,
    )
    assert.equal(
      backoffMs(failures, RETRY, () => 0.5),
      ceilingMs / 2,
    )
    assert.equal(
      backoffMs(failures, RETRY, () => 1),
      ceilingMs,
    )
  })
}

test('the pauses are spread over the whole range', () => {
  const quarters = [0, 0, 0, 0]
  for (let i = 0; i < 4_000; i++) quarters[Math.floor(backoffMs(1, RETRY) / 250)]!++
  // Each is 1,000 on average, with a standard deviation of 27.
  assert.ok(
    quarters.every(count => count > 800 && count < 1_200),
    String(quarters),
  )
})

test('a first pause over the ceiling is cut to it', () => {
  assert.equal(
    backoffMs(1, { ...RETRY, initialDelayMs: 60_000 }, () => 1),
    30_000,
  )
})
