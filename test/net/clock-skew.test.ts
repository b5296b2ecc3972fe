import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { ClockComparison, clockLeadMs } from '../../src/net/clock-skew.ts'

const NOW_MS = Date.UTC(2026, 0, 15, 12, 0, 0)
const SECOND_MS = 1_000

function dateAt(offsetMs: number): string {
  return new Date(NOW_MS + offsetMs).toUTCString()
}

describe('how far the clock here is ahead of the server’s, for certain', () => {
  const rows: [what: string, date: string | undefined, sentMs: number, receivedMs: number, leadMs: number][] = [
    ['the same second', dateAt(0), NOW_MS, NOW_MS, 0],
    ['the end of the same second', dateAt(0), NOW_MS + 999, NOW_MS + 999, 0],
    ['a second and a half later here', dateAt(0), NOW_MS + 1_500, NOW_MS + 1_600, 500],
    ['an hour later here', dateAt(-3_600_000), NOW_MS, NOW_MS, 3_600_000 - SECOND_MS],
    ['an hour earlier here', dateAt(3_600_000), NOW_MS, NOW_MS, -3_600_000],
    ['within a reply that took a minute', dateAt(30_000), NOW_MS, NOW_MS + 60_000, 0],
    ['beyond a reply that took a minute', dateAt(90_000), NOW_MS, NOW_MS + 60_000, -30_000],
    ['a clock that was set back meanwhile', dateAt(0), NOW_MS + 5_000, NOW_MS - 5_000, 0],
    ['no date', undefined, NOW_MS, NOW_MS, 0],
    ['no such date', 'yesterday', NOW_MS, NOW_MS, 0],
    ['a date in another form', new Date(0).toISOString(), NOW_MS, NOW_MS, 0],
  ]
  for (const [what, date, sentMs, receivedMs, leadMs] of rows) {
    test(`${what}: ${leadMs} ms`, () => assert.equal(clockLeadMs(date, sentMs, receivedMs), leadMs))
  }
})

describe('a difference of clocks', () => {
  const remark = (offsetMs: number): string | undefined =>
    new ClockComparison().remark(dateAt(offsetMs), NOW_MS, NOW_MS)

  test('of less than a minute is nothing', () => {
    assert.deepEqual([remark(0), remark(59_000), remark(-60_000)], [undefined, undefined, undefined])
  })

  test('of more than a minute is said, with its side', () => {
    assert.match(remark(60_000)!, /^the clock here is 60 s behind the server's, and spans are misplaced by as much;/)
    assert.match(remark(-61_000)!, /^the clock here is 60 s ahead of the server's, /)
  })

  test('is said once, however it changes', () => {
    const clock = new ClockComparison()
    assert.equal(clock.remark(dateAt(0), NOW_MS, NOW_MS), undefined)
    assert.notEqual(clock.remark(dateAt(70_000), NOW_MS, NOW_MS), undefined)
    assert.equal(clock.remark(dateAt(-900_000), NOW_MS, NOW_MS), undefined)
  })
})
