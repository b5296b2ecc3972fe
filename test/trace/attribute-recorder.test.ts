import assert from 'node:assert/strict'
import test from 'node:test'
import type { Attributes, Span } from '../../src/types/span.ts'
import { createRecording, recordSpan } from '../support/recording.ts'

function keys(prefix: string, count: number): string[] {
  return Array.from({ length: count }, (_, i) => `${prefix}${i}`)
}

test('the first 128 attributes are kept and the rest are counted', () => {
  const view = recordSpan(span => {
    for (const key of keys('k', 130)) span.setAttribute(key, 1)
  })
  assert.deepEqual(Object.keys(view.attributes), keys('k', 128))
  assert.equal(view.droppedAttributesCount, 2)
})

test('spans of one name keep all their attributes, however many the one before had', () => {
  const counts = [1, 8, 9, 16, 17, 40, 10, 8, 1]
  for (const count of counts) {
    const view = recordSpan(span => {
      for (const [index, key] of keys('n', count).entries()) span.setAttribute(key, index % 2 === 0 ? index + 0.5 : key)
    })
    const expected = keys('n', count).map((key, index) => [key, index % 2 === 0 ? index + 0.5 : key])
    assert.deepEqual(Object.entries(view.attributes), expected)
  }
})

test('a full span still takes new values for its keys', () => {
  const view = recordSpan(
    span => {
      span.setAttributes({ a: 1, b: 2, c: 3 }).setAttribute('a', 'new')
    },
    { limits: { attributeCount: 2 } },
  )
  assert.deepEqual([{ ...view.attributes }, view.droppedAttributesCount], [{ a: 'new', b: 2 }, 1])
})

test('a limit of 0 drops every attribute', () => {
  const view = recordSpan(span => span.setAttributes({ a: 1, b: 2 }), { limits: { attributeCount: 0 } })
  assert.deepEqual([{ ...view.attributes }, view.droppedAttributesCount], [{}, 2])
})

test('a key keeps its place when its value changes, whatever the type', () => {
  const view = recordSpan(span => span.setAttributes({ a: 'x', b: 1 }).setAttributes({ a: [1, 2], b: 'y' }))
  assert.deepEqual(Object.entries(view.attributes), [
    ['a', [1, 2]],
    ['b', 'y'],
  ])
})

test('what cannot be an attribute is neither set nor counted', () => {
  const view = recordSpan(span => {
    span.setAttribute('', 1).setAttribute('a', null).setAttribute('b', undefined)
    for (const key of [7, null, undefined, Symbol('s'), {}]) span.setAttribute(key as string, 1)
    for (const attributes of [null, undefined, 7, 'text', () => {}])
      span.setAttributes(attributes as unknown as Attributes)
  })
  assert.deepEqual([{ ...view.attributes }, view.droppedAttributesCount], [{}, 0])
})

test('null leaves a value that was set before', () => {
  assert.equal(recordSpan(span => span.setAttribute('a', 1).setAttribute('a', null)).attributes.a, 1)
})

test('long values are cut at their limit, in arrays too', () => {
  const limits = { attributeValueLength: 2 }
  const view = recordSpan(span => span.setAttributes({ a: 'abc', b: ['abc', 'd'], c: { d: 1 }, e: 12345 }), { limits })
  assert.deepEqual({ ...view.attributes }, { a: 'ab', b: ['ab', 'd'], c: '{"', e: 12345 })
})

test('a key may be as long as a value', () => {
  const key = 'é'.repeat(200_000)
  assert.deepEqual({ ...recordSpan(span => span.setAttribute(key, 1)).attributes }, { [key]: 1 })
})

test('an array is taken when set', () => {
  const array = ['before']
  const view = recordSpan(span => {
    span.setAttribute('a', array)
    array[0] = 'after'
  })
  assert.deepEqual(view.attributes.a, ['before'])
})

const orders: readonly (readonly string[])[] = [
  ['a', 'b', 'c'],
  ['a', 'b'],
  ['c', 'b', 'a'],
  ['a', 'c', 'a', 'b'],
  [],
  ['b', 'b', 'b'],
]

test('spans of one name that go different ways keep to their own, also while open at once', () => {
  const { tracer, spans } = createRecording()
  const open: [Span, readonly string[]][] = []
  for (const round of [1, 2, 3]) {
    for (const order of orders) open.push([tracer.startSpan('same name').setAttribute('round', round), order])
  }
  for (let step = 0; step < 4; step++) {
    for (const [span, order] of open) if (order[step] !== undefined) span.setAttribute(order[step]!, `${step}`)
  }
  for (const [span] of open) span.end()
  const expected = [1, 2, 3].flatMap(round =>
    orders.map(order => ({ round, ...Object.fromEntries(order.map((key, step) => [key, `${step}`])) })),
  )
  assert.deepEqual(
    spans().map(view => ({ ...view.attributes })),
    expected,
  )
})

test('a value that sets attributes of the same span while it is taken does no harm', () => {
  const view = recordSpan(span => {
    span.setAttribute('outer', { toJSON: () => span.setAttribute('inner', 1) && 'text' })
  })
  assert.deepEqual({ ...view.attributes }, { inner: 1, outer: '"text"' })
})

test('a value that ends the span while it is taken comes too late', () => {
  const { tracer, spans, recorder } = createRecording()
  const span = tracer.startSpan('span')
  span.setAttribute('a', { toJSON: () => span.end() })
  span.end()
  assert.deepEqual([{ ...spans()[0]!.attributes }, recorder.ended, recorder.open.count], [{}, 1, 0])
})
