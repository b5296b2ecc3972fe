import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { MAX_RELATIVE_ERROR } from '../../src/metrics/log-buckets.ts'
import { Summary } from '../../src/metrics/summary.ts'

function summaryOf(values: readonly number[]): Summary {
  const summary = new Summary()
  for (const value of values) summary.add(value)
  return summary
}

/** By nearest rank, from all values. */
function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.ceil(share * sorted.length) - 1]!
}

function assertClose(actual: number, expected: number): void {
  assert.ok(Math.abs(actual - expected) <= Math.abs(expected) * MAX_RELATIVE_ERROR, `${actual} for ${expected}`)
}

const observations = fc.array(
  fc.oneof(
    fc.constant(0),
    fc.integer({ min: -1_000_000, max: 1_000_000 }),
    fc.double({ min: 1e-9, max: 1e12, noNaN: true }),
  ),
  { minLength: 1, maxLength: 400 },
)

describe('a summary', () => {
  test('has exact count, min, max and sum, and percentiles within the stated error of the value of that rank', () => {
    fc.assert(
      fc.property(observations, values => {
        const { count, sum, min, max, mean, p50, p95, p99 } = summaryOf(values).stats()
        assert.deepEqual([count, min, max], [values.length, Math.min(...values) + 0, Math.max(...values) + 0])
        assert.equal(mean, sum / count)
        assertClose(p50, percentile(values, 0.5))
        assertClose(p95, percentile(values, 0.95))
        assertClose(p99, percentile(values, 0.99))
      }),
      { numRuns: 500 },
    )
  })

  test('of integers sums without error, and loses no small value beside a large one', () => {
    assert.equal(summaryOf([1e16, 1, 1, -1e16]).sum, 2)
    assert.equal(summaryOf(new Array<number>(1_000_000).fill(0.1)).sum, 100_000)
  })

  test('of one value is that value', () => {
    const stats = { count: 1, sum: 0.3, min: 0.3, max: 0.3, mean: 0.3, p50: 0.3, p95: 0.3, p99: 0.3 }
    assert.deepEqual(summaryOf([0.3]).stats(), stats)
  })

  test('of 1 to 1,000 knows the ranks', () => {
    const { p50, p95, p99 } = summaryOf(Array.from({ length: 1_000 }, (_, index) => index + 1)).stats()
    assertClose(p50, 500)
    assertClose(p95, 950)
    assertClose(p99, 990)
  })

  test('put together of two is that of all values', () => {
    fc.assert(
      fc.property(fc.array(fc.integer(), { minLength: 1 }), fc.array(fc.integer(), { minLength: 1 }), (a, b) => {
        const both = summaryOf(a)
        both.addAll(summaryOf(b))
        assert.deepEqual(both.stats(), summaryOf([...a, ...b]).stats())
      }),
    )
  })
})
