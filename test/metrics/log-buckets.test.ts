import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import { bucketOf, MAX_MAGNITUDE, MAX_RELATIVE_ERROR, MIN_MAGNITUDE, middleOf } from '../../src/metrics/log-buckets.ts'

const magnitudes = fc.double({ min: MIN_MAGNITUDE, max: MAX_MAGNITUDE, noNaN: true })
const values = fc.tuple(magnitudes, fc.boolean()).map(([magnitude, negative]) => (negative ? -magnitude : magnitude))

test('the middle of the bucket that a value falls in is off by at most the stated part of the value', () => {
  fc.assert(
    fc.property(values, value => {
      assert.ok(Math.abs(middleOf(bucketOf(value)) - value) <= Math.abs(value) * MAX_RELATIVE_ERROR, `${value}`)
    }),
    { numRuns: 5_000 },
  )
})

test('buckets are ordered as their values are', () => {
  fc.assert(
    fc.property(values, values, (a, b) => {
      if (a <= b) assert.ok(bucketOf(a) <= bucketOf(b))
    }),
  )
})

test('there are 32 to a doubling, of equal width', () => {
  assert.equal(bucketOf(2) - bucketOf(1), 32)
  assert.equal(bucketOf(1 + 1 / 32) - bucketOf(1), 1)
  assert.equal(bucketOf(1 + 1 / 32 - Number.EPSILON), bucketOf(1))
})

test('the number of buckets is bounded, whatever the value', () => {
  const most = bucketOf(MAX_MAGNITUDE) - bucketOf(MIN_MAGNITUDE) + 1
  assert.equal(most, 3_713)
  for (const value of [Number.MIN_VALUE, Number.MAX_VALUE, 5e-324, 1e300]) {
    assert.ok(bucketOf(value) >= bucketOf(MIN_MAGNITUDE) && bucketOf(value) <= bucketOf(MAX_MAGNITUDE))
    assert.equal(bucketOf(-value), -bucketOf(value))
  }
})

test('zero, of either sign, has a bucket of its own', () => {
  assert.deepEqual([bucketOf(0), bucketOf(-0) + 0, middleOf(0)], [0, 0, 0])
  assert.ok(bucketOf(Number.MIN_VALUE) > 0)
})
