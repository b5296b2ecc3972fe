import assert from 'node:assert/strict'
import { test } from 'node:test'
import { formatComparison } from '../../bench/compare.ts'
import { resultsOf } from './results.ts'

test('figures whose intervals are apart have changed, with the ratio and without what is invalid', () => {
  const comparison = formatComparison(resultsOf(400), resultsOf(500))
  assert.match(comparison, /^ {2}span-active of blueprint, ns +400 \(\d+ – \d+\) → 500 \(\d+ – \d+\), \+25 %$/m)
  assert.match(comparison, /^ {2}span-active \/ opentelemetry +0\.133 \(.*\) → 0\.167 \(.*\), \+25 %$/m)
  assert.match(comparison, /^5 of 6 figures changed beyond noise$/m)
})

test('what is within the noise has not changed', () => {
  assert.match(formatComparison(resultsOf(400), resultsOf(402)), /^0 of 6 figures changed beyond noise$/m)
})

test('another machine is pointed out', () => {
  const elsewhere = { ...resultsOf(400), node: 'v24.0.0' }
  assert.match(formatComparison(resultsOf(400), elsewhere), /only ratios can be compared/)
  assert.doesNotMatch(formatComparison(resultsOf(400), resultsOf(400)), /only ratios/)
})
