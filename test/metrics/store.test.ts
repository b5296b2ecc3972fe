import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { MAX_FAMILIES, MAX_SERIES, MetricStore, REFUSED } from '../../src/metrics/store.ts'
import { writeMetrics } from '../../src/metrics/text-format.ts'
import { setNoticeLog } from '../../src/trace/notices.ts'

const said: string[] = []
setNoticeLog((_level, message) => said.push(message))

const refused = (store: MetricStore, reason: string): number | undefined =>
  store.stats()[`${REFUSED}{reason="${reason}"}`]?.sum

describe('what is recorded is bounded', () => {
  test('a label set beyond the cap is put together with others like it, counted, and said once', () => {
    const store = new MetricStore()
    for (let scene = 0; scene < MAX_SERIES + 50; scene++) store.record('counter', 'runs', { scene }, 2)
    store.record('counter', 'runs', { scene: 0 }, 2)
    const stats = store.stats()
    assert.equal(stats.runs?.sum, 2 * (MAX_SERIES + 51))
    assert.equal(stats['runs{overflow="true"}']?.sum, 100)
    assert.equal(stats['runs{scene="0"}']?.sum, 4)
    assert.equal(Object.keys(stats).filter(key => key.startsWith('runs{')).length, MAX_SERIES + 1)
    assert.equal(refused(store, 'label_sets'), 50)
    const lines = said.filter(line => line.includes('sets of labels'))
    assert.deepEqual(lines, [
      `metric runs has more than 1000 sets of labels; others are put together under overflow="true"; ${REFUSED}{reason="label_sets"} counts how often`,
    ])
  })

  test('a gauge beyond the cap comes back to 0 as well', () => {
    const store = new MetricStore()
    for (const delta of [1, -1]) {
      for (let job = 0; job < MAX_SERIES + 50; job++) store.record('gauge', 'busy', { job }, delta)
    }
    assert.deepEqual([store.stats()['busy{overflow="true"}']?.sum, store.stats().busy?.sum], [0, 0])
  })

  test('a metric beyond the cap is left out and counted', () => {
    const store = new MetricStore()
    for (let index = 0; index < MAX_FAMILIES + 5; index++) store.record('gauge', `g${index}`, {}, 1)
    assert.deepEqual([store.families.length, refused(store, 'names')], [MAX_FAMILIES + 1, 5])
    assert.equal(said.filter(line => line.includes('more than 200 metrics')).length, 1)
  })
})

test('names that every object has are names like any other', () => {
  const store = new MetricStore()
  const names = ['constructor', 'toString', '__proto__']
  for (const name of names) store.record('gauge', name, {}, 1)
  assert.deepEqual(
    Object.keys(store.stats()),
    names.flatMap(name => [name, `${name}{}`]),
  )
  assert.match(writeMetrics(store.families, 'text'), /^# HELP constructor A gauge of the program\.$/m)
})

describe('what cannot be recorded is counted and throws nothing:', () => {
  const trap = new Proxy(
    {},
    {
      ownKeys: () => {
        throw new Error('trap')
      },
    },
  )
  const rows: [what: string, reason: string, record: (store: MetricStore) => void][] = [
    ['NaN', 'value', store => store.record('histogram', 'h', {}, Number.NaN)],
    ['an infinite value', 'value', store => store.record('gauge', 'g', {}, Number.NEGATIVE_INFINITY)],
    ['a value that is no number', 'value', store => store.record('gauge', 'g', {}, '1' as never)],
    ['a counter that goes down', 'value', store => store.record('counter', 'c', {}, -1)],
    ['labels that cannot be read', 'labels', store => store.record('counter', 'c', trap, 1)],
    ['an empty name', 'name', store => store.record('gauge', '', {}, 1)],
    ['a counter that is _total only', 'name', store => store.record('counter', '_total', {}, 1)],
    ['a gauge with the name of our own counter', 'name', store => store.record('gauge', REFUSED, {}, 1)],
    [
      'a histogram with the name of our own counter',
      'name',
      store => store.record('histogram', 'blueprint_metrics_refused', {}, 1),
    ],
  ]
  for (const [what, reason, record] of rows) {
    test(what, () => {
      const store = new MetricStore()
      record(store)
      record(store)
      assert.ok((refused(store, reason) ?? 0) >= 1)
      assert.equal(store.stats()[REFUSED]?.sum, 2)
    })
  }

  const clashes: [
    first: ['counter' | 'gauge' | 'histogram', string],
    second: ['counter' | 'gauge' | 'histogram', string],
    reason: string,
  ][] = [
    [['counter', 'x'], ['gauge', 'x'], 'type'],
    [['counter', 'x'], ['counter', 'x_total'], 'name'],
    [['histogram', 'x'], ['gauge', 'x_sum'], 'name'],
    [['gauge', 'x_bucket'], ['histogram', 'x'], 'name'],
    [['gauge', 'a_b'], ['gauge', 'a.b'], 'name'],
  ]
  for (const [first, second, reason] of clashes) {
    test(`${second.join(' ')} after ${first.join(' ')}, since their text would be the same`, () => {
      const store = new MetricStore()
      store.record(...first, {}, 1)
      store.record(...second, {}, 1)
      assert.deepEqual([store.stats()[first[1]]?.count, refused(store, reason)], [1, 1])
    })
  }

  test('names and labels that are no text', () => {
    const store = new MetricStore()
    for (const labels of [undefined, null, 'text', 7, [1]])
      store.record('counter', Symbol('s') as never, labels as never, 1)
    assert.equal(store.stats()['Symbol(s)']?.count, 5)
  })
})
