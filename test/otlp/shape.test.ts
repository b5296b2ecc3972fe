import assert from 'node:assert/strict'
import test from 'node:test'
import { ENDED, type Shape, spanName } from '../../src/otlp/shape.ts'

let names = 0

/** The shape of a span without attributes, under a name of its own. */
function emptyShape(): Shape {
  return spanName(`shape test ${names++}`).shape
}

function follow(shape: Shape, ...keys: readonly string[]): Shape {
  return keys.reduce((node, key) => node.with(key), shape)
}

test('a shape knows its keys in the order they were set', () => {
  const shape = follow(emptyShape(), 'a', 'b', 'c')
  assert.deepEqual(
    shape.keys().map(({ key }) => key),
    ['a', 'b', 'c'],
  )
  assert.deepEqual([shape.indexOf('a'), shape.indexOf('c'), shape.indexOf('d'), shape.depth], [0, 2, -1, 3])
})

test('the same keys in the same order are one shape, in another order another', () => {
  const empty = emptyShape()
  assert.equal(follow(empty, 'a', 'b'), follow(empty, 'a', 'b'))
  assert.notEqual(follow(empty, 'b', 'a'), follow(empty, 'a', 'b'))
})

test('the shape without keys knows how many keys its spans have had', () => {
  const empty = emptyShape()
  assert.equal(empty.deepest, 0)
  follow(empty, 'a', 'b', 'c')
  follow(empty, 'd')
  assert.deepEqual([empty.deepest, empty.with('a').deepest], [3, 0])
})

test('a shape predicts the key that followed it last', () => {
  const empty = emptyShape()
  const [a, b] = [empty.with('a'), empty.with('b')]
  assert.equal(empty.predicted, b)
  empty.with('a')
  assert.equal(empty.predicted, a)
})

test('nothing is predicted at first, and nothing ever after the end', () => {
  for (const shape of [emptyShape(), ENDED]) {
    assert.notEqual(shape.predicted, shape)
    for (const key of ['', 'a', '\0']) assert.notEqual(shape.predicted.key, key)
  }
})

test('the bound grows with every key and holds its bytes', () => {
  const empty = emptyShape()
  const one = empty.with('key')
  const two = one.with('é'.repeat(500))
  assert.equal(empty.bound, 0)
  assert.ok(one.bound > 'key'.length && two.bound - one.bound > 1000)
})

test('a name is encoded once', () => {
  const known = spanName('known')
  assert.equal(spanName('known'), known)
  assert.equal(Buffer.from(known.field.bytes).toString('hex'), `2a05${Buffer.from('known').toString('hex')}`)
})

test('a long key or name is not kept, and still right', () => {
  const long = 'k'.repeat(200)
  const shape = emptyShape()
  assert.notEqual(shape.with(long), shape.with(long))
  assert.equal(shape.with(long).with('a').indexOf(long), 0)
  const name = 'n'.repeat(300)
  assert.notEqual(spanName(name), spanName(name))
  assert.deepEqual(spanName(name), spanName(name))
})

// From here on the tables are full: these two stay last.
test('beyond 1,000 names they share one shape', () => {
  for (let i = 0; i < 1_000; i++) spanName(`filler ${i}`)
  const [first, second] = [spanName('late'), spanName('later')]
  assert.notEqual(spanName('late'), first)
  assert.equal(first.shape, second.shape)
  assert.equal(Buffer.from(second.field.bytes).subarray(2).toString(), 'later')
})

test('beyond 4,096 shapes each is made for one span, and still right', () => {
  const [empty] = [spanName('known').shape]
  for (let i = 0; i < 4_200; i++) empty.with(`filler ${i}`)
  const shape = follow(empty, 'late', 'later')
  assert.notEqual(follow(empty, 'late', 'later'), shape)
  assert.deepEqual(
    shape.keys().map(({ key }) => key),
    ['late', 'later'],
  )
  assert.deepEqual([shape.indexOf('late'), shape.indexOf('later'), shape.depth], [0, 1, 2])
  assert.equal(follow(empty, 'filler 1').with('filler 2').indexOf('filler 1'), 0)
})
