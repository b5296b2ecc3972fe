import assert from 'node:assert/strict'
import { test } from 'node:test'
import { BatchBuffers } from '../../src/pipeline/batch-buffers.ts'
import { KIB, MIB } from '../support/delivery-settings.ts'

const HEAD_BYTES = 100

const sizes = [
  { length: 10, memory: 110 },
  { length: 60 * KIB, memory: 60 * KIB + HEAD_BYTES },
  { length: 64 * KIB, memory: 128 * KIB },
  { length: 512 * KIB, memory: 576 * KIB },
  { length: 20 * MIB, memory: 20 * MIB + 64 * KIB },
]
for (const { length, memory } of sizes) {
  test(`${length} bytes lie in ${memory}, with room for a head in front`, () => {
    const bytes = new BatchBuffers(HEAD_BYTES).take(length)
    assert.ok(bytes.length >= length)
    assert.deepEqual([bytes.byteOffset, bytes.buffer.byteLength], [HEAD_BYTES, memory])
  })
}

test('what is given back, whole or its start, is taken again for the same size', () => {
  const buffers = new BatchBuffers(HEAD_BYTES)
  const first = buffers.take(100 * KIB)
  const second = buffers.take(100 * KIB)
  assert.notEqual(first.buffer, second.buffer)
  buffers.giveBack(first.subarray(0, 70 * KIB))
  buffers.giveBack(second)
  assert.notEqual(buffers.take(200 * KIB).buffer, first.buffer, 'too small')
  const again = [buffers.take(90 * KIB), buffers.take(120 * KIB), buffers.take(100 * KIB)]
  assert.deepEqual(
    again.map(({ buffer }) => buffer === first.buffer || buffer === second.buffer),
    [true, true, false],
  )
  assert.notEqual(again[0]!.buffer, again[1]!.buffer)
})

test('at most 4 MiB lie unused, and nothing small', () => {
  const buffers = new BatchBuffers(HEAD_BYTES)
  const small = buffers.take(10)
  buffers.giveBack(small)
  assert.notEqual(buffers.take(10).buffer, small.buffer)
  const taken = Array.from({ length: 10 }, () => buffers.take(900 * KIB))
  const memories = new Set(taken.map(({ buffer }) => buffer))
  for (const bytes of taken) buffers.giveBack(bytes)
  const again = Array.from({ length: 10 }, () => buffers.take(900 * KIB))
  assert.equal(again.filter(({ buffer }) => memories.has(buffer)).length, 4)
})
