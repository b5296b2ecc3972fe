import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { readSpans } from '../../src/otlp/read.ts'
import { BatchMemory } from '../../src/pipeline/batch-memory.ts'
import { Batcher } from '../../src/pipeline/batcher.ts'
import { namedSpans, namesIn } from '../support/named-spans.ts'

const HEAD_BYTES = 20

/** A batcher and what it has emitted, as lists of names. */
function collect(maxBatchBytes: number): { batcher: Batcher; batches: string[][] } {
  const batches: string[][] = []
  const batcher = new Batcher(new BatchMemory(maxBatchBytes, HEAD_BYTES), (bytes, count) => {
    const names = namesIn({ spans: () => readSpans(bytes) })
    assert.equal(names.length, count)
    batches.push(names)
  })
  return { batcher, batches }
}

function append(batcher: Batcher, names: readonly string[], nowMs = 0): number {
  const bytes = namedSpans(...names)
  return batcher.append(bytes, 0, bytes.length, nowMs)
}

/** Each record below is of ten bytes. */
const TEN = ['aaaaaa', 'bbbbbb', 'cccccc', 'dddddd', 'eeeeee']
const LARGE = 'x'.repeat(100)

const cases: readonly { title: string; maxBatchBytes: number; appends: string[][]; batches: string[][] }[] = [
  {
    title: 'one record more than fits',
    maxBatchBytes: 29,
    appends: [TEN],
    batches: [TEN.slice(0, 2), TEN.slice(2, 4), TEN.slice(4)],
  },
  { title: 'records that fit exactly', maxBatchBytes: 50, appends: [TEN], batches: [TEN] },
  { title: 'stretches that add up', maxBatchBytes: 50, appends: [TEN.slice(0, 2), TEN.slice(2)], batches: [TEN] },
  {
    title: 'stretches that pass the limit',
    maxBatchBytes: 30,
    appends: [TEN.slice(0, 2), TEN.slice(2)],
    batches: [TEN.slice(0, 3), TEN.slice(3)],
  },
  {
    title: 'a record over the limit',
    maxBatchBytes: 30,
    appends: [['a', LARGE, 'b']],
    batches: [['a'], [LARGE], ['b']],
  },
  {
    title: 'a record over the limit that is the first',
    maxBatchBytes: 30,
    appends: [[LARGE], ['b']],
    batches: [[LARGE], ['b']],
  },
  { title: 'nothing', maxBatchBytes: 30, appends: [], batches: [] },
]
for (const { title, maxBatchBytes, appends, batches } of cases) {
  test(`${title}: batches of at most ${maxBatchBytes} bytes`, () => {
    const collected = collect(maxBatchBytes)
    for (const names of appends) assert.equal(append(collected.batcher, names), names.length)
    collected.batcher.seal()
    assert.deepEqual(collected.batches, batches)
  })
}

test('any records come out whole, in order, and in batches that are within the limit or a single record', () => {
  const name = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 300 })
  const stretches = fc.array(fc.array(name, { minLength: 1, maxLength: 20 }), { maxLength: 10 })
  fc.assert(
    fc.property(stretches, fc.integer({ min: 1, max: 1_000 }), (appends, maxBatchBytes) => {
      const { batcher, batches } = collect(maxBatchBytes)
      for (const names of appends) append(batcher, names)
      batcher.seal()
      assert.deepEqual(batches.flat(), appends.flat())
      for (const batch of batches) assert.ok(batch.length === 1 || namedSpans(...batch).length <= maxBatchBytes)
    }),
  )
})

test('what has been emitted keeps its bytes while the batcher goes on', () => {
  const emitted: Uint8Array[] = []
  const batcher = new Batcher(new BatchMemory(1_000, HEAD_BYTES), bytes => emitted.push(bytes))
  const names = Array.from({ length: 50 }, (_, round) => `round ${round}`.padEnd(10 * (round % 40), '.'))
  for (const [round, name] of names.entries()) {
    append(batcher, [name])
    if (round % 3 === 0) batcher.seal()
  }
  batcher.seal()
  assert.deepEqual(
    emitted.flatMap(bytes => namesIn({ spans: () => readSpans(bytes) })),
    names,
  )
})

test('the age is that of the oldest record in the open batch', () => {
  const { batcher } = collect(25)
  assert.equal(batcher.oldestMs, undefined)
  append(batcher, TEN.slice(0, 1), 100)
  append(batcher, TEN.slice(1, 2), 200)
  assert.equal(batcher.oldestMs, 100)
  append(batcher, TEN.slice(2, 3), 300)
  assert.equal(batcher.oldestMs, 300, 'the first two have been emitted')
  batcher.seal()
  assert.equal(batcher.oldestMs, undefined)
})
