import assert from 'node:assert/strict'
import test from 'node:test'
import { createTraceState } from '../../src/propagation/tracestate.ts'
import type { Attributes, Link, SpanContext, TimeInput } from '../../src/types/span.ts'
import { recordSpan } from '../support/recording.ts'

const AT = new Date('2023-11-14T22:13:20Z')
const AT_NS = 1_700_000_000_000_000_000n
const CONTEXT: SpanContext = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331', traceFlags: 1 }

test('events keep their order, time and attributes', () => {
  const { events } = recordSpan(span => span.addEvent('a', { k: 1 }, AT).addEvent('b', AT).addEvent('c'))
  assert.deepEqual(
    events.map(event => event.name),
    ['a', 'b', 'c'],
  )
  assert.deepEqual([{ ...events[0]!.attributes }, events[0]!.timeUnixNano], [{ k: 1 }, AT_NS])
  assert.deepEqual([{ ...events[1]!.attributes }, events[1]!.timeUnixNano], [{}, AT_NS])
})

const times: readonly [what: string, second: Attributes | TimeInput | undefined, third: TimeInput | undefined][] = [
  ['nothing', undefined, undefined],
  ['attributes', { k: 1 }, undefined],
  ['an unusable time', 'noon' as unknown as Date, undefined],
  ['an unusable third argument', { k: 1 }, Number.NaN],
]
for (const [what, second, third] of times) {
  test(`an event with ${what} happens now`, () => {
    const { events, startTimeUnixNano, endTimeUnixNano } = recordSpan(span => span.addEvent('e', second, third))
    assert.ok(startTimeUnixNano <= events[0]!.timeUnixNano && events[0]!.timeUnixNano <= endTimeUnixNano)
  })
}

test('an event’s name and attributes may be anything', () => {
  const { events } = recordSpan(span => {
    span
      .addEvent(7 as unknown as string, { a: null, b: [1, 0.5], c: { d: 1 } })
      .addEvent('', 'x' as unknown as Attributes)
  })
  assert.deepEqual(
    events.map(({ name, attributes }) => [name, { ...attributes }]),
    [
      ['7', { b: [1, 0.5], c: '{"d":1}' }],
      ['', {}],
    ],
  )
})

test('a name that ends another span while it is read does not change the event’s time', () => {
  const { events } = recordSpan(span => {
    const name = { toString: () => String(recordSpan(() => {}).name) }
    span.addEvent(name as unknown as string, AT)
  })
  assert.deepEqual([events[0]!.name, events[0]!.timeUnixNano], ['span', AT_NS])
})

test('the first events are kept, the rest counted; each has its own limit of attributes', () => {
  const limits = { eventCount: 2, attributesPerEvent: 1, attributeValueLength: 2 }
  const view = recordSpan(
    span => span.addEvent('a', { k: 'abc', l: 1, m: 2 }).addEvent('b').addEvent('c').addEvent('d'),
    {
      limits,
    },
  )
  assert.deepEqual(
    view.events.map(({ name, attributes, droppedAttributesCount }) => [
      name,
      { ...attributes },
      droppedAttributesCount,
    ]),
    [
      ['a', { k: 'ab' }, 2],
      ['b', {}, 0],
    ],
  )
  assert.equal(view.droppedEventsCount, 2)
})

const contexts: readonly [what: string, context: SpanContext, traceState: string, flags: number][] = [
  ['sampled', CONTEXT, '', 1],
  ['not sampled', { ...CONTEXT, traceFlags: 0 }, '', 0],
  ['with all flags', { ...CONTEXT, traceFlags: 0x1ff }, '', 0xff],
  ['remote, with a trace state', { ...CONTEXT, isRemote: true, traceState: createTraceState('a=b') }, 'a=b', 1],
  ['with a foreign trace state', { ...CONTEXT, traceState: foreignState(() => 'k=v') }, 'k=v', 1],
  ['with a malformed trace state', { ...CONTEXT, traceState: foreignState(() => 'a=\n') }, '', 1],
  ['with a trace state that throws', { ...CONTEXT, traceState: foreignState(throwing) }, '', 1],
]
for (const [what, context, traceState, traceFlags] of contexts) {
  test(`a link to a context ${what}`, () => {
    const { links } = recordSpan(span => span.addLink({ context }))
    const { traceId, spanId } = CONTEXT
    const attributes = Object.create(null)
    assert.deepEqual(links, [{ traceId, spanId, traceState, traceFlags, attributes, droppedAttributesCount: 0 }])
  })
}

function foreignState(serialize: () => string): NonNullable<SpanContext['traceState']> {
  return { ...createTraceState(), serialize }
}

function throwing(): never {
  throw new Error('no')
}

test('the first links are kept, the rest counted; each has its own limit of attributes', () => {
  const link: Link = { context: CONTEXT, attributes: { a: 'abc', b: 1, c: 2 }, droppedAttributesCount: 5 }
  const limits = { linkCount: 2, attributesPerLink: 1, attributeValueLength: 2 }
  const view = recordSpan(span => span.addLinks([link, link, link]).addLink(link), { limits })
  assert.deepEqual([view.links.length, view.droppedLinksCount], [2, 2])
  assert.deepEqual([{ ...view.links[0]!.attributes }, view.links[0]!.droppedAttributesCount], [{ a: 'ab' }, 7])
})

for (const [given, count] of [
  [0, 0],
  [2.9, 2],
  [-1, 0],
  [Number.NaN, 0],
  [2 ** 32, 0],
  ['3', 0],
] as const) {
  test(`a link said to have dropped ${JSON.stringify(given)} attributes counts ${count}`, () => {
    const view = recordSpan(span => span.addLink({ context: CONTEXT, droppedAttributesCount: given as number }))
    assert.equal(view.links[0]!.droppedAttributesCount, count)
  })
}

const noLinks: readonly [what: string, link: unknown][] = [
  ['null', null],
  ['text', 'link'],
  ['an object without a context', {}],
  ['a link without ids', { context: { traceFlags: 1 } }],
  ['an all-zero trace id', { context: { ...CONTEXT, traceId: '0'.repeat(32) } }],
  ['an all-zero span id', { context: { ...CONTEXT, spanId: '0'.repeat(16) } }],
  ['upper-case ids', { context: { ...CONTEXT, traceId: 'A'.repeat(32) } }],
  ['a short id', { context: { ...CONTEXT, spanId: 'ab' } }],
  ['flags that are no number', { context: { ...CONTEXT, traceFlags: 1n } }],
  ['a getter that throws', Object.defineProperty({}, 'context', { get: throwing })],
]
for (const [what, link] of noLinks) {
  test(`${what} is no link, and no dropped one either`, () => {
    const view = recordSpan(span => span.addLink(link as Link).addLinks([link as Link]))
    assert.deepEqual([view.links.length, view.droppedLinksCount], [0, 0])
  })
}

function* endless(): Iterable<Link> {
  for (;;) yield { context: CONTEXT }
}

test('what is no array of links holds none', () => {
  const view = recordSpan(span => {
    const holes = new Array(2 ** 32 - 1)
    const withoutEnd = Object.assign([], { [Symbol.iterator]: endless })
    for (const links of [null, undefined, 7, {}, endless(), holes, withoutEnd]) span.addLinks(links as readonly Link[])
  })
  assert.equal(view.links.length, 0)
})

test('a context is read once, so that its second answer does not count', () => {
  let reads = 0
  const context = Object.defineProperty({ ...CONTEXT }, 'traceId', { get: () => (reads++ === 0 ? CONTEXT.traceId : 7) })
  const view = recordSpan(span => span.addLink({ context: context as SpanContext }))
  assert.deepEqual([view.links[0]!.traceId, reads], [CONTEXT.traceId, 1])
})
