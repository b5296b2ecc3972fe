import assert from 'node:assert/strict'
import test from 'node:test'
import { placeSpans } from '../../src/exporters/span-forest.ts'
import { type SpanSketch, sketchBatch } from '../support/batch.ts'

/** 'depth:name' of each span, with '.' behind the last of its siblings. */
function places(...spans: readonly SpanSketch[]): string {
  const placed = Array.from(placeSpans(sketchBatch(...spans).spans()))
  return placed
    .map(({ span, depth, last }) => `${depth}:${span.name.slice('span '.length)}${last ? '.' : ''}`)
    .join(' ')
}

const forests: readonly [what: string, spans: readonly SpanSketch[], order: string][] = [
  ['nothing', [], ''],
  [
    'children under their parents although they end first',
    [{ id: 2, parent: 1 }, { id: 3, parent: 2 }, { id: 1 }],
    '0:1. 1:2. 2:3.',
  ],
  [
    'siblings by start time',
    [{ id: 1 }, { id: 2, parent: 1, startUs: 9 }, { id: 3, parent: 1, startUs: 5 }],
    '0:1. 1:3 1:2.',
  ],
  [
    'siblings of one start time by name',
    [{ id: 1 }, { id: 3, parent: 1, startUs: 5 }, { id: 2, parent: 1, startUs: 5 }],
    '0:1. 1:2 1:3.',
  ],
  [
    'traces by their first start, never mixed',
    [
      { id: 1, trace: 1, startUs: 5 },
      { id: 2, trace: 2, startUs: 1 },
      { id: 3, trace: 2, startUs: 9 },
    ],
    '0:2 0:3. 0:1.',
  ],
  ['an id of another trace is no parent', [{ id: 1 }, { id: 2, trace: 2, parent: 1 }], '0:1. 0:2.'],
  [
    'a span whose parent is missing at depth 0',
    [
      { id: 2, parent: 7 },
      { id: 3, parent: 2 },
    ],
    '0:2. 1:3.',
  ],
  ['its own parent once', [{ id: 1, parent: 1 }], '0:1.'],
  [
    'a circle once',
    [
      { id: 1, parent: 2 },
      { id: 2, parent: 1 },
    ],
    '0:2. 1:1.',
  ],
  [
    'the children of an id that comes twice once',
    [
      { id: 1, name: 'span a' },
      { id: 1, name: 'span b' },
      { id: 2, parent: 1 },
    ],
    '0:a 1:2. 0:b.',
  ],
]
for (const [what, spans, order] of forests) {
  test(`places ${what}`, () => assert.equal(places(...spans), order))
}

test('places a chain of 10,000 spans', () => {
  const chain = Array.from({ length: 10_000 }, (_, i) => ({ id: i + 1, parent: i }))
  const depths = Array.from(placeSpans(sketchBatch(...chain.reverse()).spans()), place => place.depth)
  assert.deepEqual(
    depths,
    depths.map((_, i) => i),
  )
  assert.equal(depths.length, 10_000)
})
