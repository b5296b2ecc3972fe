import assert from 'node:assert/strict'
import { test } from 'node:test'
import { COUNTERS, type Counter, exporterStats, Ledger, lostSpans } from '../../src/pipeline/ledger.ts'

const NO_DROPS = { queue_full: 0, too_large: 0, closed: 0 }

function createLedger(counts: Partial<Record<Counter, number>> = {}): Ledger {
  const ledger = new Ledger(new BigInt64Array(2 * COUNTERS.length))
  for (const [counter, count] of Object.entries(counts)) ledger.add(0, counter as Counter, count)
  return ledger
}

test('exporters count apart', () => {
  const ledger = createLedger()
  for (const [index, counter] of COUNTERS.entries()) {
    ledger.add(0, counter, index + 1)
    ledger.add(1, counter, 100 + index)
  }
  assert.deepEqual(
    COUNTERS.map(counter => ledger.get(0, counter)),
    COUNTERS.map((_, index) => index + 1),
  )
  assert.deepEqual(
    COUNTERS.map(counter => ledger.get(1, counter)),
    COUNTERS.map((_, index) => 100 + index),
  )
})

test('counts pass 2^31 and may fall', () => {
  const ledger = createLedger({ bytes: 2 ** 40, pending: 5 })
  ledger.add(0, 'bytes', 2 ** 40)
  ledger.add(0, 'pending', -5)
  assert.deepEqual([ledger.get(0, 'bytes'), ledger.get(0, 'pending')], [2 ** 41, 0])
})

test('stats join the counts of consumer and producer', () => {
  const ledger = createLedger({
    acked: 1,
    sent: 2,
    rejected: 3,
    pending: 4,
    too_large: 5,
    retries_spent: 6,
    evicted: 7,
    worker_lost: 8,
    exit_timeout: 9,
    requests: 10,
    failures: 11,
    resent: 12,
    bytes: 13,
  })
  const stats = exporterStats(ledger, 0, { queue_full: 100, too_large: 200, closed: 300 }, 1_000)
  assert.deepEqual(stats, {
    acked: 1,
    sent: 2,
    rejected: 3,
    pending: 1_004,
    dropped: {
      queue_full: 100,
      too_large: 205,
      retries_spent: 6,
      evicted: 7,
      worker_lost: 8,
      closed: 300,
      exit_timeout: 9,
    },
    requests: 10,
    failures: 11,
    resent: 12,
    bytes: 13,
  })
  assert.equal(lostSpans(stats), 3 + 100 + 205 + 6 + 7 + 8 + 300 + 9)
})

/** A consumer that took ten records may have died at any point of counting them. */
const deaths: readonly { title: string; counts: Partial<Record<Counter, number>>; lost: number }[] = [
  { title: 'none has an outcome', counts: { pending: 10 }, lost: 10 },
  { title: 'some have', counts: { pending: 5, acked: 1, sent: 1, rejected: 1, too_large: 1, evicted: 1 }, lost: 5 },
  { title: 'it died between an outcome and its pending', counts: { pending: 10, acked: 4 }, lost: 6 },
  {
    title: 'it died before it counted more records as pending than the ring says',
    counts: { pending: 30, acked: 10 },
    lost: 0,
  },
  { title: 'an earlier one had died', counts: { pending: 3, worker_lost: 7 }, lost: 3 },
]
for (const { title, counts, lost } of deaths) {
  test(`of ten records that a dead consumer took, ${lost} are lost: ${title}`, () => {
    const ledger = createLedger(counts)
    assert.equal(ledger.writeOff(0, 'worker_lost', 10), lost)
    const stats = exporterStats(ledger, 0, NO_DROPS, 0)
    assert.deepEqual([stats.pending, stats.acked + stats.sent + lostSpans(stats)], [0, 10])
  })
}

test('a copy does not change with the original', () => {
  const ledger = createLedger({ acked: 1 })
  const copy = ledger.copy()
  ledger.add(0, 'acked', 1)
  assert.deepEqual([ledger.get(0, 'acked'), copy.get(0, 'acked')], [2, 1])
})
