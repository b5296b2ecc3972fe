import assert from 'node:assert/strict'
import test from 'node:test'
import { takeAttributes } from '../../src/otlp/attributes.ts'
import type { Attributes } from '../../src/types/span.ts'

const UNLIMITED = Number.POSITIVE_INFINITY

function throwing(): never {
  throw new Error('no')
}

test('attributes are taken in order, without empty keys and absent values', () => {
  const { entries, dropped } = takeAttributes({ b: 1, '': 2, a: 'x', c: null, d: undefined }, UNLIMITED, UNLIMITED)
  assert.deepEqual(
    [[...entries], dropped],
    [
      [
        ['b', 1],
        ['a', 'x'],
      ],
      0,
    ],
  )
})

test('the first ones are kept and the rest counted', () => {
  const { entries, dropped } = takeAttributes({ a: 1, b: null, c: 3, d: 4, e: 5 }, 2, UNLIMITED)
  assert.deepEqual([[...entries.keys()], dropped], [['a', 'c'], 2])
})

test('inherited and symbol keys are no attributes', () => {
  const given = Object.assign(Object.create({ inherited: 1 }), { [Symbol('s')]: 2, own: 3 })
  assert.deepEqual([...takeAttributes(given, UNLIMITED, UNLIMITED).entries], [['own', 3]])
})

test('a getter that throws costs its own attribute only', () => {
  const given = Object.defineProperty({ a: 1, c: 3 }, 'b', { get: throwing, enumerable: true })
  assert.deepEqual([...takeAttributes(given, UNLIMITED, UNLIMITED).entries.keys()], ['a', 'c'])
})

const unusable: readonly [what: string, given: unknown][] = [
  ['undefined', undefined],
  ['null', null],
  ['text', 'abc'],
  ['a function', throwing],
  ['a proxy that refuses', new Proxy({}, { ownKeys: throwing })],
]
for (const [what, given] of unusable) {
  test(`${what} has no attributes`, () => {
    const { entries, dropped } = takeAttributes(given as Attributes, UNLIMITED, UNLIMITED)
    assert.deepEqual([entries.size, dropped], [0, 0])
  })
}
