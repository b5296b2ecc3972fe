import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Control, createControl } from '../../src/pipeline/control.ts'
import { RingProducer } from '../../src/pipeline/ring-producer.ts'
import { RingReader } from '../../src/pipeline/ring-reader.ts'
import { HEADER_BYTES, SEGMENT_BYTES } from '../../src/pipeline/segment.ts'
import { KIB, MIB } from '../support/delivery-settings.ts'

interface Ring {
  readonly control: Control
  readonly producer: RingProducer
  readonly reader: RingReader
  /** What the consumer was told. */
  readonly told: string[]
  /** Copies everything out; gives the bytes of each record's filling. */
  read(): number[]
}

/** Records are as long as the test says and filled with one byte; the reader is told their lengths. */
function createRing(maxBytes: number): Ring & { offer(bytes: number, bound?: number): boolean } {
  const control = createControl(0, false)
  const told: string[] = []
  const lengths: number[] = []
  const link = {
    addSegment: (memory: ArrayBufferLike): void => {
      told.push(`segment of ${memory.byteLength}`)
      reader.add(memory)
    },
    retireSegment: (id: number): void => {
      told.push(`retired ${id}`)
      reader.forget(id)
    },
    wake: () => told.push('wake'),
  }
  const producer = new RingProducer(control, link, maxBytes, false)
  const reader = new RingReader(control, producer.memories, () => {})
  return {
    control,
    producer,
    reader,
    told,
    offer(bytes, bound = bytes) {
      const out = producer.reserve(bound)
      if (out === undefined) return false
      const { records } = producer
      for (let i = 0; i < bytes; i++) out.byte(records & 0xff)
      producer.commit()
      if (producer.records > records) lengths.push(bytes)
      return producer.records > records
    },
    read() {
      const fillings: number[] = []
      reader.read((bytes, start, end) => {
        let records = 0
        for (let at = start; at < end; at += lengths.shift()!, records++) fillings.push(bytes[at]!)
        return records
      })
      return fillings
    },
  }
}

test('what has been reserved and not committed is not there', () => {
  const { producer, offer, read } = createRing(MIB)
  producer.reserve(100)?.byte(99)
  offer(10)
  producer.reserve(100)?.byte(99)
  producer.refuse()
  offer(10)
  assert.deepEqual(
    [read(), producer.records, producer.dropped],
    [[0, 1], 2, { queue_full: 0, too_large: 1, closed: 0 }],
  )
})

test('a record that does not fit begins a new segment, and the consumer is told of that first', () => {
  const { told, offer, read } = createRing(MIB)
  const most = SEGMENT_BYTES - HEADER_BYTES
  assert.ok(offer(100_000) && offer(most - 100_000, 100_000))
  assert.deepEqual(told, [])
  assert.ok(offer(1))
  assert.deepEqual(told, [`segment of ${SEGMENT_BYTES}`])
  assert.deepEqual(read(), [0, 1, 2])
})

test('a segment that has been copied out is used again', () => {
  const { control, told, offer, read } = createRing(MIB)
  for (let i = 0; i < 40; i++) {
    assert.ok(offer(100 * KIB))
    read()
    control.addSettledBytes(100 * KIB)
  }
  assert.deepEqual(told, [`segment of ${SEGMENT_BYTES}`])
})

test('a record over half a segment gets one that holds it, which is given back after use', () => {
  const { producer, told, offer, read } = createRing(4 * MIB)
  const large = 600_001
  assert.ok(offer(large))
  assert.deepEqual(told, [`segment of ${Math.ceil((HEADER_BYTES + large) / 8) * 8}`])
  assert.ok(offer(100))
  assert.deepEqual(read(), [0, 1])
  assert.ok(offer(large))
  assert.equal(told.at(-2), 'retired 1')
  assert.deepEqual(read(), [2])
  assert.ok(producer.memories.length <= 3)
})

test('free segments beyond 8 MiB are given back', () => {
  const { producer, offer, read, control } = createRing(16 * MIB)
  for (let i = 0; i < 120; i++) offer(125 * KIB)
  assert.ok(producer.memories.length >= 60)
  read()
  control.addSettledBytes(120 * 125 * KIB)
  for (let i = 0; i < 3; i++) offer(125 * KIB)
  assert.ok(producer.memories.length <= 35, String(producer.memories.length))
})

const refusals: readonly {
  title: string
  bytes: number
  bound?: number
  reason: 'queue_full' | 'too_large' | undefined
}[] = [
  { title: 'a record of the whole budget', bytes: MIB, reason: undefined },
  { title: 'a record over the budget', bytes: MIB + 1, reason: 'too_large' },
  { title: 'a small record with the bound of a large one', bytes: 10, bound: MIB, reason: undefined },
]
for (const { title, bytes, bound, reason } of refusals) {
  test(`${title}: ${reason ?? 'taken'}`, () => {
    const { producer, offer } = createRing(MIB)
    assert.equal(offer(bytes, bound), reason === undefined)
    if (reason !== undefined) assert.equal(producer.dropped[reason], 1)
  })
}

test('the budget is what has been committed and not settled, to the byte', () => {
  const { producer, control, offer, read } = createRing(MIB)
  assert.ok(offer(MIB - 100))
  assert.deepEqual([offer(101), offer(100), offer(1)], [false, true, false])
  read()
  assert.equal(offer(1), false, 'copied out is not settled')
  control.addSettledBytes(50)
  assert.deepEqual([offer(51), offer(50), offer(1)], [false, true, false])
  assert.equal(producer.dropped.queue_full, 5)
})

test('a spent budget costs no memory, whatever is offered', () => {
  const { producer, offer } = createRing(MIB)
  offer(MIB - 1_000)
  const before = producer.memories.length
  for (let i = 0; i < 100; i++) {
    assert.equal(offer(900_000), false)
    offer(5)
  }
  assert.ok(producer.memories.length <= before + 1)
})

test('once closed, everything is dropped as closed', () => {
  const { producer, offer } = createRing(MIB)
  offer(10)
  producer.close()
  producer.close()
  assert.deepEqual([offer(10), offer(2 * MIB), producer.dropped.closed, producer.records], [false, false, 2, 1])
})

test('a consumer that sleeps is woken once, when an eighth of the budget is sealed, or 4 MiB', () => {
  for (const [budget, segments] of [
    [2 * MIB, 2],
    [64 * MIB, 18],
  ] as const) {
    const { control, told, offer } = createRing(budget)
    const wakes = (): number => told.filter(message => message === 'wake').length
    const fill = (count: number): void => {
      for (let segment = 0; segment < count; segment++) assert.ok(offer(120 * KIB) && offer(120 * KIB))
    }
    // The last one that is filled is not sealed yet.
    fill(segments + 1)
    assert.equal(wakes(), 0, 'it is awake')
    control.fallAsleep()
    fill(1)
    assert.equal(wakes(), 1)
    control.fallAsleep()
    fill(segments - 1)
    assert.equal(wakes(), 1, 'not for less')
    control.wakeUp()
    fill(2)
    assert.equal(wakes(), 1, 'it is awake again')
  }
})

test('waiting records and held bytes tell what is in the ring from what a consumer has', () => {
  const { producer, control, offer, read } = createRing(MIB)
  offer(100 * KIB)
  offer(120 * KIB)
  assert.deepEqual([producer.waitingRecords, producer.heldBytes], [2, 0])
  read()
  offer(130 * KIB)
  assert.deepEqual([producer.waitingRecords, producer.heldBytes], [1, 220 * KIB])
  control.addSettledBytes(100 * KIB)
  assert.equal(producer.heldBytes, 120 * KIB)
})

test('another reader goes on where one stopped, also in the middle of a chain', () => {
  const { producer, control, offer, read } = createRing(4 * MIB)
  for (let i = 0; i < 5; i++) offer(100 * KIB)
  assert.deepEqual(read(), [0, 1, 2, 3, 4])
  for (let i = 0; i < 5; i++) offer(100 * KIB)
  const fillings: number[] = []
  new RingReader(control, producer.memories, () => {}).read((bytes, start, end) => {
    for (let at = start; at < end; at += 100 * KIB) fillings.push(bytes[at]!)
    return (end - start) / (100 * KIB)
  })
  assert.deepEqual([fillings, producer.waitingRecords], [[5, 6, 7, 8, 9], 0])
})
