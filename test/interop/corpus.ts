import type { Attributes, HrTime, Link, SpanStatus } from 'blueprint-tracing'

/** A value as OTLP's JSON has it. */
export type AnyValue =
  | { readonly stringValue: string }
  | { readonly boolValue: boolean }
  | { readonly intValue: string }
  | { readonly doubleValue: number | 'NaN' | 'Infinity' | '-Infinity' }
  | { readonly arrayValue: { readonly values: readonly (AnyValue | Record<string, never>)[] } }

/** An attribute as it is set and as it has to arrive; undefined where it is ignored. */
export type Attribute = readonly [key: string, value: unknown, arrives: AnyValue | undefined]

export interface CorpusEvent {
  readonly name: string
  readonly time: HrTime
  readonly attributes: readonly Attribute[]
}

export interface CorpusLink {
  readonly link: Link
  readonly attributes: readonly Attribute[]
  readonly flags: number
}

/** What is done to one span, and what has to come of it. */
export interface CorpusSpan {
  readonly name: string
  /** As it has to arrive. */
  readonly arrivesAs?: string
  readonly kind?: 0 | 1 | 2 | 3 | 4
  readonly start?: HrTime
  readonly end?: HrTime
  /** The name of an earlier span. */
  readonly parent?: string
  /** Continues another process's trace. */
  readonly remote?: { readonly traceparent: string; readonly tracestate: string }
  readonly attributes?: readonly Attribute[]
  readonly droppedAttributes?: number
  readonly events?: readonly CorpusEvent[]
  readonly droppedEvents?: number
  readonly links?: readonly CorpusLink[]
  readonly droppedLinks?: number
  readonly status?: SpanStatus
  readonly exception?: Error
}

const START: HrTime = [1_700_000_000, 123_456_789]
const END: HrTime = [1_700_000_001, 987_654_321]
export const DEFAULT_TIMES: { readonly start: HrTime; readonly end: HrTime } = { start: START, end: END }

const text = (key: string, value: string, arrives = value): Attribute => [key, value, { stringValue: arrives }]
const integer = (key: string, value: number | bigint, arrives = String(value)): Attribute => [
  key,
  value,
  { intValue: arrives },
]
const double = (key: string, value: number): Attribute => [
  key,
  value,
  { doubleValue: Number.isFinite(value) ? value : (String(value) as 'NaN') },
]
const list = (key: string, value: readonly unknown[], ...values: readonly (AnyValue | Record<string, never>)[]) =>
  [key, value, { arrayValue: { values } }] as Attribute

const VALUES: readonly Attribute[] = [
  text('text', 'plain'),
  text('text.empty', ''),
  text('text.two_bytes', 'Größe'),
  text('text.four_bytes', '𝒯racing 🛰️ 日本語'),
  text('text.lone_surrogates', 'a\ud800b\udfffc', 'a\ufffdb\ufffdc'),
  text('text.control', 'nul \0 tab \t newline \n quote " backslash \\'),
  text('schlüssel.🔑', 'key of many bytes'),
  integer('int.zero', 0),
  integer('int.minus_zero', -0, '0'),
  integer('int.minus_one', -1),
  integer('int.one_byte', 127),
  integer('int.two_bytes', 128),
  integer('int.over_32_bits', 2 ** 33 + 1),
  integer('int.max_safe', Number.MAX_SAFE_INTEGER),
  integer('int.min_safe', Number.MIN_SAFE_INTEGER),
  integer('int.max', 2n ** 63n - 1n),
  integer('int.min', -(2n ** 63n)),
  ['int.too_large', 2n ** 63n, { stringValue: '9223372036854775808' }],
  double('double.fraction', 0.1),
  double('double.negative', -2.5),
  double('double.smallest', Number.MIN_VALUE),
  double('double.largest', Number.MAX_VALUE),
  double('double.nan', Number.NaN),
  double('double.infinity', Number.POSITIVE_INFINITY),
  double('double.minus_infinity', Number.NEGATIVE_INFINITY),
  ['bool.true', true, { boolValue: true }],
  ['bool.false', false, { boolValue: false }],
  list('list.empty', []),
  list('list.texts', ['a', '', 'é'], { stringValue: 'a' }, { stringValue: '' }, { stringValue: 'é' }),
  list('list.ints', [1, -1, 300], { intValue: '1' }, { intValue: '-1' }, { intValue: '300' }),
  list('list.mixed_numbers', [1, 0.5], { doubleValue: 1 }, { doubleValue: 0.5 }),
  list('list.bools', [true, false], { boolValue: true }, { boolValue: false }),
  list('list.with_null', ['a', null, 'b'], { stringValue: 'a' }, {}, { stringValue: 'b' }),
  ['date', new Date(0), { stringValue: '1970-01-01T00:00:00.000Z' }],
  ['object', { a: [1, { b: null }] }, { stringValue: '{"a":[1,{"b":null}]}' }],
  ['error', new Error('as a value'), { stringValue: 'as a value' }],
  ['ignored.null', null, undefined],
  ['ignored.undefined', undefined, undefined],
]

const many = (count: number): Attribute[] => Array.from({ length: count }, (_, i) => integer(`many.${i}`, i))
const event = (i: number): CorpusEvent => ({
  name: `event ${i}`,
  time: [START[0], START[1] + i],
  attributes: [integer('i', i)],
})
const link = (i: number): CorpusLink => ({
  link: {
    context: { traceId: hex(i + 1, 32), spanId: hex(i + 1, 16), traceFlags: 1 },
    attributes: { i },
  },
  attributes: [integer('i', i)],
  flags: 0x101,
})

function hex(value: number, length: number): string {
  return value.toString(16).padStart(length, '0')
}

const KINDS = ['INTERNAL', 'SERVER', 'CLIENT', 'PRODUCER', 'CONSUMER'] as const

export const CORPUS: readonly CorpusSpan[] = [
  { name: 'every value', attributes: VALUES },
  { name: 'no attributes' },
  { name: 'child', parent: 'every value', attributes: [text('of', 'every value')] },
  ...KINDS.map((kind, i): CorpusSpan => ({ name: `kind ${kind}`, kind: i as 0 })),
  { name: 'status ok', status: { code: 1 } },
  { name: 'status error', status: { code: 2, message: 'schiefgegangen: 🔥' } },
  { name: 'status error without a message', status: { code: 2 } },
  { name: 'näme 🎬 of many bytes' },
  { name: 'name with \ud800 in it', arrivesAs: 'name with \ufffd in it' },
  { name: '1970', start: [1, 0], end: [1, 1] },
  { name: '2255', start: [8_999_999_999, 1], end: [9_000_000_000, 999_999_999] },
  { name: 'no duration', start: START, end: START },
  {
    name: 'remote parent',
    remote: {
      traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
      tracestate: 'vendor=value,other@tenant=1/2',
    },
  },
  { name: '130 attributes', attributes: many(130), droppedAttributes: 2 },
  { name: '130 events', events: Array.from({ length: 130 }, (_, i) => event(i)), droppedEvents: 2 },
  { name: '130 links', links: Array.from({ length: 130 }, (_, i) => link(i)), droppedLinks: 2 },
  {
    name: 'events',
    events: [
      { name: 'ëvent 🎉', time: START, attributes: VALUES },
      { name: 'before the span', time: [0, 1], attributes: [] },
    ],
  },
  {
    name: 'remote link with state',
    links: [
      {
        link: {
          context: {
            traceId: 'ffffffffffffffffffffffffffffffff',
            spanId: 'ffffffffffffffff',
            traceFlags: 0,
            isRemote: true,
          },
          attributes: { why: 'retried' },
        },
        attributes: [text('why', 'retried')],
        flags: 0x300,
      },
    ],
  },
  { name: 'exception', exception: new TypeError('outer 💥', { cause: new RangeError('inner') }) },
]

/** Takes more than a datagram holds. */
export const LARGE: readonly CorpusSpan[] = [
  {
    name: 'values of 100 kB',
    attributes: [text('ascii', 'x'.repeat(100_000)), text('four_bytes', '🛰'.repeat(25_000)), text('small', 'kept')],
  },
]

export function attributesOf(attributes: readonly Attribute[] = []): Attributes {
  return Object.fromEntries(attributes.map(([key, value]) => [key, value]))
}
