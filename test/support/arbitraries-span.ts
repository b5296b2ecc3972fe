import fc from 'fast-check'
import { createTraceState } from '../../src/propagation/tracestate.ts'
import type { Attributes, Link, SpanContext, SpanStatus, TimeInput } from '../../src/types/span.ts'
import { spanId, traceId, traceStateMembers } from './arbitraries-propagation.ts'

/** Text of every kind of encoding: ASCII, two to four bytes of UTF-8, halves of pairs, and long enough for every copy loop. */
export const text: fc.Arbitrary<string> = fc.oneof(
  { weight: 4, arbitrary: fc.string({ unit: 'grapheme-ascii', maxLength: 40 }) },
  { weight: 2, arbitrary: fc.string({ unit: 'binary', maxLength: 40 }) },
  fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 50 }).map(units => String.fromCharCode(...units)),
  fc.tuple(fc.constantFrom('a', 'é', '€', '😀', '\ud83d'), fc.integer({ min: 30, max: 300 })).map(repeat),
)

function repeat([unit, count]: [string, number]): string {
  return unit.repeat(count)
}

export const number: fc.Arbitrary<number> = fc.oneof(
  fc.integer(),
  fc.maxSafeInteger(),
  fc.double(),
  fc
    .tuple(fc.constantFrom(7, 14, 21, 28, 31, 32, 35, 42, 49, 52, 53, 56, 63, 64), fc.constantFrom(-1, 0, 1), sign())
    .map(([bits, offset, factor]) => factor * 2 ** bits + offset),
  fc.constantFrom(0, -0, 0.5, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 5e-324, 1e300),
)

function sign(): fc.Arbitrary<number> {
  return fc.constantFrom(1, -1)
}

const bigint: fc.Arbitrary<bigint> = fc.oneof(
  fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n),
  fc.bigInt(-(2n ** 80n), 2n ** 80n),
  fc.constantFrom(0n, 2n ** 63n - 1n, 2n ** 63n, -(2n ** 63n), -(2n ** 63n) - 1n),
)

const array: fc.Arbitrary<unknown[]> = fc.oneof(
  fc.array(text, { maxLength: 12 }),
  fc.array(number, { maxLength: 12 }),
  fc.array(fc.boolean(), { maxLength: 12 }),
  fc.array(fc.oneof(text, number, bigint, fc.boolean(), fc.constantFrom(null, undefined)), { maxLength: 12 }),
)

/** Every kind of value that OTLP encodes natively. */
export const value: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 4, arbitrary: text },
  { weight: 3, arbitrary: number },
  fc.boolean(),
  bigint,
  { weight: 2, arbitrary: array },
  fc.constantFrom(null, undefined),
)

const key: fc.Arbitrary<string> = keyOf(10)

function keyOf(variety: number): fc.Arbitrary<string> {
  return fc.oneof(
    { weight: 6, arbitrary: fc.nat(variety).map(n => `key.${n}`) },
    { weight: 1, arbitrary: text },
    fc.constantFrom('', '__proto__', 'constructor', 'toString'),
  )
}

export type Entry = readonly [key: string, value: unknown]

/** Attributes in the order they are set; keys come again. */
export const entries: fc.Arbitrary<Entry[]> = fc.oneof(
  { weight: 3, arbitrary: fc.array(fc.tuple(key, value), { maxLength: 8 }) },
  { weight: 1, arbitrary: fc.array(fc.tuple(keyOf(2_000), value), { minLength: 120, maxLength: 200, size: 'max' }) },
)

export function attributesOf(entries: readonly Entry[]): Attributes {
  const attributes: Record<string, unknown> = Object.create(null)
  for (const [key, value] of entries) attributes[key] = value
  return attributes
}

const attributes: fc.Arbitrary<Attributes> = fc.array(fc.tuple(key, value), { maxLength: 10 }).map(attributesOf)

/** Whole nanoseconds that a double holds exactly as milliseconds, so that the test needs no rounding of its own. */
export const time: fc.Arbitrary<Date> = fc.date({
  min: new Date(0),
  max: new Date(9_223_372_036_854),
  noInvalidDate: true,
})

export const context: fc.Arbitrary<SpanContext> = fc
  .record({
    traceId,
    spanId,
    traceFlags: fc.integer({ min: 0, max: 255 }),
    isRemote: fc.boolean(),
    members: fc.option(traceStateMembers, { nil: undefined }),
  })
  .map(({ members, ...rest }) => (members === undefined ? rest : { ...rest, traceState: traceStateOf(members) }))

function traceStateOf(members: [string, string][]): ReturnType<typeof createTraceState> {
  return createTraceState(members.map(([key, value]) => `${key}=${value}`).join(','))
}

export type Action =
  | { readonly do: 'set'; readonly key: string; readonly value: unknown }
  | { readonly do: 'setAll'; readonly attributes: Attributes }
  | {
      readonly do: 'event'
      readonly name: string
      readonly attributes: Attributes | undefined
      readonly time: TimeInput
    }
  | { readonly do: 'link'; readonly link: Link }
  | { readonly do: 'status'; readonly status: SpanStatus }
  | { readonly do: 'rename'; readonly name: string }

const rareAction: fc.Arbitrary<Action> = fc.oneof(
  fc.record({ do: fc.constant('setAll' as const), attributes }),
  fc.record({
    do: fc.constant('event' as const),
    name: text,
    attributes: fc.option(attributes, { nil: undefined }),
    time,
  }),
  fc.record({
    do: fc.constant('link' as const),
    link: fc.record({ context, attributes, droppedAttributesCount: fc.nat() }),
  }),
  fc.record({
    do: fc.constant('status' as const),
    status: fc.record({ code: fc.constantFrom(0 as const, 1 as const, 2 as const), message: text }),
  }),
  fc.record({ do: fc.constant('rename' as const), name: text }),
)

/** What a program does to a span, in order. */
export const actions: fc.Arbitrary<Action[]> = fc
  .tuple(entries, fc.array(rareAction, { maxLength: 8 }))
  .map(([entries, rare]) => [...entries.map(([key, value]): Action => ({ do: 'set', key, value })), ...rare])
