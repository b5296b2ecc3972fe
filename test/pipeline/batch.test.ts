import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Batch, Parcel, recordEnd } from '../../src/pipeline/batch.ts'
import { FRAME } from '../support/delivery-settings.ts'
import { namedSpans, namesIn } from '../support/named-spans.ts'
import { OfficialRequest, officialDecode } from '../support/official-otlp.ts'

const NAMES = ['a', 'b'.repeat(200), 'c', 'd'.repeat(20_000), 'e']

function parcelOf(names: readonly string[], onSettled: () => void = () => {}): Parcel {
  return new Parcel(new Batch(namedSpans(...names), names.length, onSettled), FRAME)
}

for (const length of [0, 1, 125, 126, 127, 128, 16_380, 16_384, 2_097_152]) {
  test(`the end of a record with a name of ${length} characters`, () => {
    const record = namedSpans('x'.repeat(length))
    assert.equal(
      recordEnd(namedSpans('before', 'x'.repeat(length), 'after'), namedSpans('before').length),
      namedSpans('before').length + record.length,
    )
  })
}

for (let count = 1; count < NAMES.length; count++) {
  test(`a parcel of five spans splits after span ${count} into views of the same bytes`, () => {
    const parcel = parcelOf(NAMES)
    const [first, rest] = parcel.split(count)
    assert.deepEqual([namesIn(first), namesIn(rest)], [NAMES.slice(0, count), NAMES.slice(count)])
    assert.deepEqual([first.count, rest.count], [count, NAMES.length - count])
    assert.ok([first, rest].every(part => part.bytes.buffer === parcel.bytes.buffer))
  })
}

test('the parts of a parcel keep its attempts', () => {
  const parcel = parcelOf(NAMES)
  parcel.attempts = 3
  parcel.firstAttemptMs = 77
  assert.deepEqual(
    parcel.split(2).map(part => [part.attempts, part.firstAttemptMs]),
    [
      [3, 77],
      [3, 77],
    ],
  )
})

test('a batch is settled with the last of its parcels, however they were split', () => {
  let settled = 0
  const batch = new Batch(namedSpans(...NAMES), NAMES.length, () => settled++)
  const [one, other] = [new Parcel(batch, FRAME), new Parcel(batch, FRAME)]
  const [first, rest] = one.split(3)
  const [third, last] = rest.split(1)
  for (const parcel of [last, first, other]) parcel.release()
  assert.equal(settled, 0)
  third.release()
  assert.equal(settled, 1)
})

test('a parcel is a whole request, in a buffer of its own', () => {
  const parcel = parcelOf(['a', 'b'])
  const request = parcel.request()
  const { resourceSpans } = officialDecode(OfficialRequest, request) as {
    resourceSpans: { scopeSpans: { spans: { name: string }[] }[] }[]
  }
  assert.deepEqual(
    resourceSpans[0]?.scopeSpans[0]?.spans.map(span => span.name),
    ['a', 'b'],
  )
  assert.notEqual(request.buffer, parcel.bytes.buffer)
  assert.deepEqual(parcel.scope, { name: 'test', version: '1' })
})
