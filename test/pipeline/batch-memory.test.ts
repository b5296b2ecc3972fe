import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { BatchMemory } from '../../src/pipeline/batch-memory.ts'
import { KIB, MIB } from '../support/delivery-settings.ts'

type Bytes = Uint8Array<ArrayBuffer>

const HEAD_BYTES = 100
const MAX_BATCH_BYTES = 512 * KIB
const SLAB_BYTES = 576 * KIB

function createMemory(): BatchMemory {
  return new BatchMemory(MAX_BATCH_BYTES, HEAD_BYTES)
}

/** A closed batch of `length` bytes, or as many as there is room for. */
function take(memory: BatchMemory, length: number): Bytes {
  const batch = memory.open(10).subarray(0, length)
  memory.close(batch)
  return batch
}

test('a batch may grow to its limit, and has room for a head in front', () => {
  const room = createMemory().open(10)
  assert.deepEqual([room.length, room.byteOffset, room.buffer.byteLength], [MAX_BATCH_BYTES, HEAD_BYTES, SLAB_BYTES])
})

test('a record over the limit gets memory of its own size', () => {
  const memory = createMemory()
  const room = memory.open(20 * MIB)
  assert.deepEqual([room.length, room.buffer.byteLength], [20 * MIB, 20 * MIB + 64 * KIB])
  memory.close(room)
  memory.giveBack(room, true)
  assert.equal(memory.open(10).buffer.byteLength, SLAB_BYTES)
})

test('small batches lie one behind the other, each with room for a head', () => {
  const memory = createMemory()
  const batches = Array.from({ length: 5 }, () => take(memory, 1_000))
  assert.equal(new Set(batches.map(({ buffer }) => buffer)).size, 1)
  assert.deepEqual(
    batches.map(({ byteOffset }) => byteOffset),
    [0, 1, 2, 3, 4].map(nth => HEAD_BYTES + nth * (1_000 + HEAD_BYTES)),
  )
})

test('a batch that begins late in a slab ends with it, and none begins in the last eighth', () => {
  const memory = createMemory()
  take(memory, 300 * KIB)
  const late = memory.open(10)
  assert.equal(late.length, SLAB_BYTES - 300 * KIB - 2 * HEAD_BYTES)
  const most = late.subarray(0, late.length - 50 * KIB)
  memory.close(most)
  assert.notEqual(memory.open(10).buffer, late.buffer)
})

test('a slab is used again when every batch in it is settled, and not before', () => {
  const memory = createMemory()
  const [first, second] = [take(memory, 200 * KIB), take(memory, 200 * KIB)]
  const other = take(memory, 200 * KIB)
  assert.equal(first.buffer, second.buffer)
  memory.giveBack(first, true)
  const next = take(memory, MAX_BATCH_BYTES)
  assert.notEqual(next.buffer, first.buffer)
  memory.giveBack(second, true)
  memory.giveBack(other, true)
  assert.equal(take(memory, MAX_BATCH_BYTES).buffer, first.buffer)
})

test('memory that somebody may go on reading is never used again', () => {
  const memory = createMemory()
  const abandoned = take(memory, MAX_BATCH_BYTES)
  memory.giveBack(abandoned, false)
  const later = Array.from({ length: 5 }, () => take(memory, MAX_BATCH_BYTES))
  assert.ok(later.every(({ buffer }) => buffer !== abandoned.buffer))
})

test('at most 4 MiB lie unused', () => {
  const memory = createMemory()
  const before = Array.from({ length: 20 }, () => take(memory, MAX_BATCH_BYTES))
  for (const batch of before) memory.giveBack(batch, true)
  const known = new Set(before.map(({ buffer }) => buffer))
  const again = Array.from({ length: 20 }, () => take(memory, MAX_BATCH_BYTES))
  assert.equal(again.filter(({ buffer }) => known.has(buffer)).length, 7 + 1, 'seven free ones, and the present one')
})

test('a rate that changes leaves no garbage: what has been used once is enough for any sizes after it', () => {
  const memory = createMemory()
  const slabs = new Set<ArrayBuffer>()
  for (const length of [500, 60, 300, 450, 510, 20, 200].map(kib => kib * KIB)) {
    for (let round = 0; round < 50; round++) {
      const held = Array.from({ length: Math.floor((3 * MIB) / length) }, () => take(memory, length))
      for (const { buffer } of held) slabs.add(buffer)
      for (const batch of held) memory.giveBack(batch, true)
    }
  }
  assert.ok(slabs.size <= 8, `${slabs.size} slabs for 3 MiB`)
})

test('batches that are open at the same time never overlap, heads included, whatever is given back in whatever order', () => {
  const step = fc.record({ length: fc.integer({ min: 1, max: 700 * KIB }), settle: fc.nat(), reusable: fc.boolean() })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), steps => {
      const memory = createMemory()
      const held: Bytes[] = []
      for (const { length, settle, reusable } of steps) {
        const room = memory.open(Math.min(length, 600 * KIB))
        const batch = room.subarray(0, Math.min(length, room.length))
        memory.close(batch)
        for (const other of held) assert.ok(!overlap(batch, other))
        held.push(batch)
        if (settle % 3 > 0) memory.giveBack(held.splice(settle % held.length, 1)[0]!, reusable)
      }
    }),
  )
})

function overlap(a: Bytes, b: Bytes): boolean {
  if (a.buffer !== b.buffer) return false
  return a.byteOffset - HEAD_BYTES < b.byteOffset + b.length && b.byteOffset - HEAD_BYTES < a.byteOffset + a.length
}
