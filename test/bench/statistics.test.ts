import assert from 'node:assert/strict'
import { test } from 'node:test'
import { median, summarise } from '../../bench/statistics.ts'

const values = Array.from({ length: 25 }, (_, i) => 100 + ((i * 7) % 25))

test('the median of an even number of values is between the middle two', () => assert.equal(median([4, 1, 3, 2]), 2.5))

test('the interval encloses the median, and lies within the values', () => {
  const { median, low, high } = summarise(values)
  assert.ok(low < median && median < high, `${low} ${median} ${high}`)
  assert.ok(low > Math.min(...values) && high < Math.max(...values), `${low} ${high}`)
})

test('the same values give the same interval', () => assert.deepEqual(summarise(values), summarise(values)))

test('an outlier does not move it far', () => {
  const { high } = summarise([...values.slice(1), 10_000])
  assert.ok(high < 125, String(high))
})

test('more values give a narrower interval', () => {
  const width = (repeated: number): number => {
    const { low, high } = summarise(Array.from({ length: repeated }, () => values).flat())
    return high - low
  }
  assert.ok(width(16) < width(1))
})
