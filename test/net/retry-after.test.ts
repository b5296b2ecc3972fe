import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseHttpDateMs, parseRetryAfterMs } from '../../src/net/retry-after.ts'

const NOW_MS = Date.UTC(2026, 0, 15, 12, 0, 0)
const HOUR_MS = 3_600_000

const waits: [value: string | undefined, expectedMs: number | undefined][] = [
  ['0', 0],
  ['7', 7_000],
  ['007', 7_000],
  ['3600', HOUR_MS],
  ['3601', HOUR_MS],
  ['9'.repeat(400), HOUR_MS],
  ['Thu, 15 Jan 2026 12:00:30 GMT', 30_000],
  ['Thu, 15 Jan 2026 12:00:00 GMT', 0],
  ['Thu, 15 Jan 2026 11:59:00 GMT', 0],
  ['Fri, 16 Jan 2026 12:00:00 GMT', HOUR_MS],
  [undefined, undefined],
  ['', undefined],
  ['-1', undefined],
  ['+1', undefined],
  ['1.5', undefined],
  ['1e3', undefined],
  ['0x10', undefined],
  ['10s', undefined],
  ['soon', undefined],
  ['Invalid Date', undefined],
]

for (const [value, expectedMs] of waits) {
  test(`Retry-After ${JSON.stringify(value?.slice(0, 40))} waits ${expectedMs} ms`, () => {
    assert.equal(parseRetryAfterMs(value, NOW_MS), expectedMs)
  })
}

const notDates: [value: string | undefined, why: string][] = [
  ['Wed, 15 Jan 2026 12:00:00 GMT', 'another day of the week'],
  ['Mon, 30 Feb 2026 12:00:00 GMT', 'no such day'],
  ['Thu, 15 Jan 2026 24:00:00 GMT', 'no such hour'],
  ['Thu, 15 Jan 2026 12:00:00 +0100', 'another zone'],
  ['Thursday, 15-Jan-26 12:00:00 GMT', 'an obsolete form'],
  ['2026-01-15T12:00:00Z', 'ISO 8601'],
  ['15', 'a number'],
  [undefined, 'absent'],
]

for (const [value, why] of notDates) {
  test(`no HTTP date: ${value} (${why})`, () => assert.equal(parseHttpDateMs(value), undefined))
}

test('reads an HTTP date', () => assert.equal(parseHttpDateMs('Thu, 15 Jan 2026 12:00:00 GMT'), NOW_MS))
