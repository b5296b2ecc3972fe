import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { RoundCost } from '../../bench/contest.ts'
import { ratio } from '../../bench/report.ts'
import { slowed } from '../../bench/slowdown.mjs'
import { standing } from '../../bench/standing.ts'
import { formatAnswer, formatVerdict } from '../../bench/table.ts'
import { answerOf, around } from './results.ts'

const costs = (callerNs: number, lostSpans = 0): RoundCost[] =>
  around(callerNs).map(ns => ({ callerNs: ns, totalNs: ns * 2, spans: 10, lostSpans }))
const ofCaller = ({ callerNs }: RoundCost): number => callerNs

const verdicts: readonly [ours: number, verdict: RegExp][] = [
  [400, /^INVALID .*\n1 of 1 musts met, 1 of 1 aims$/],
  [500, /^aim missed: span-active \/ opentelemetry is 0\.167, aim ≤ 0\.143\n1 of 1 musts met, 0 of 1 aims$/m],
  [3200, /^MISSED span-active \/ opentelemetry is 1\.07, must ≤ 0\.200\n0 of 1 musts met, 0 of 1 aims$/m],
]
for (const [ours, verdict] of verdicts) {
  test(`the verdict on ${ours} against 3,000 ns says ${verdict.source}`, () => {
    assert.match(formatVerdict([answerOf(ours)]), verdict)
  })
}

test('a must is missed only where the whole interval misses it, an aim where the median does', () => {
  const near = ratio('span-active', 'opentelemetry', around(0.202))
  assert.deepEqual([near.low < 0.2, near.ok, near.aimMet], [true, true, false])
  assert.equal(ratio('span-active', 'opentelemetry', around(0.22)).ok, false)
})

test('a rate is held against its target from below', () => {
  assert.equal(ratio('encode', 'opentelemetry', around(2), 'at least').ok, false)
  assert.equal(ratio('encode', 'opentelemetry', around(4), 'at least').ok, true)
})

test('a ratio is one of each round, so that what disturbs a round disturbs both sides', () => {
  const disturbed = costs(100).map((cost, round) => ({ ...cost, callerNs: cost.callerNs * (1 + round) }))
  const twice = disturbed.map(cost => ({ ...cost, callerNs: cost.callerNs * 2 }))
  const { ratios } = standing('span-plain', { blueprint: disturbed, opentelemetry: twice }, ofCaller)
  assert.deepEqual([ratios[0]!.low, ratios[0]!.value, ratios[0]!.high], [0.5, 0.5, 0.5])
})

test('a contender that lost spans is invalid and in no ratio; one without such rounds is nowhere', () => {
  const { rows, ratios } = standing(
    'span-plain',
    { blueprint: costs(400), fast: costs(1, 2), absent: [], floor: costs(100) },
    ofCaller,
  )
  assert.deepEqual(
    rows.map(({ subject, invalid }) => [subject, invalid]),
    [
      ['blueprint', undefined],
      ['fast', 'the sink lacks 30 of its 150 spans'],
      ['floor', undefined],
    ],
  )
  assert.deepEqual(
    ratios.map(({ against }) => against),
    ['floor'],
  )
})

test('the table has a line for each row and ratio, with its targets', () => {
  const table = formatAnswer({ ...answerOf(3200), notes: ['a note'] })
  assert.match(table, /^ {2}span-active {2}blueprint +3,200 {2}ns/m)
  assert.match(table, /^ {15}sentry .* INVALID: the sink lacks 7 of its 10 spans$/m)
  assert.match(table, /must ≤ 0\.200: MISSED {2}aim ≤ 0\.143: missed$/m)
  assert.match(table, /^ {2}a note$/m)
})

test('a slowed round takes its factor of the time, on the processor', () => {
  const spin = (ms: number): void => {
    const end = performance.now() + ms
    while (performance.now() < end);
  }
  const before = process.cpuUsage()
  const start = performance.now()
  slowed(spin, 8)(10)
  const { user, system } = process.cpuUsage(before)
  assert.ok(performance.now() - start >= 79)
  assert.ok(user + system > 20_000, `${user + system} µs`)
  assert.equal(slowed(spin, 1), spin)
})
