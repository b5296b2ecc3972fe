import fc from 'fast-check'
import type { BaggageEntry } from '../../src/types/context.ts'
import type { SpanContext } from '../../src/types/span.ts'

/** UTF-16 in every form: control characters, separators, lone surrogates. */
export const anyText: fc.Arbitrary<string> = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.array(fc.integer({ min: 0, max: 0xffff })).map(units => String.fromCharCode(...units)),
  fc.string({ unit: fc.constantFrom(...'a=1,;% \t\r\n"\\-0é'), maxLength: 60 }),
)

export const traceId: fc.Arbitrary<string> = nonZeroHex(32)
export const spanId: fc.Arbitrary<string> = nonZeroHex(16)

export const spanContext: fc.Arbitrary<SpanContext> = fc.record({
  traceId,
  spanId,
  traceFlags: fc.integer({ min: 0, max: 255 }),
})

export const traceStateKey: fc.Arbitrary<string> = fc
  .tuple(textOf('az09', 1, 1), textOf('az09_-*/@', 0, 40))
  .map(([first, rest]) => first + rest)

/** Printable ASCII less comma and equals sign, not ending in a space. */
export const traceStateValue: fc.Arbitrary<string> = fc
  .tuple(textOf(' !+-<>~', 0, 40), textOf('!+-<>~', 1, 1))
  .map(([start, end]) => start + end)

export const traceStateMembers: fc.Arbitrary<[string, string][]> = fc.uniqueArray(
  fc.tuple(traceStateKey, traceStateValue),
  { selector: ([key]) => key, minLength: 1, maxLength: 20 },
)

export const token: fc.Arbitrary<string> = textOf("!#$%&'*+-.^_`|~09azAZ", 1, 20)

/** Entries with any value that has no lone surrogates, and metadata in its normal form. */
export const baggage: fc.Arbitrary<Map<string, BaggageEntry>> = fc
  .array(fc.tuple(token, fc.oneof(entry({}), entry({ metadata: metadata() }))), { maxLength: 20 })
  .map(entries => new Map(entries))

function entry(metadata: { metadata?: fc.Arbitrary<string> }): fc.Arbitrary<BaggageEntry> {
  return fc.record(
    { value: fc.string({ unit: 'binary' }), ...metadata },
    { noNullPrototype: true },
  ) as fc.Arbitrary<BaggageEntry>
}

function metadata(): fc.Arbitrary<string> {
  const property = fc.oneof(
    token,
    fc.tuple(token, textOf('!#+-:<[]~', 0, 10)).map(([key, value]) => `${key}=${value}`),
  )
  return fc.array(property, { minLength: 1, maxLength: 3 }).map(properties => properties.join(';'))
}

function nonZeroHex(length: number): fc.Arbitrary<string> {
  return textOf('0123456789abcdef', length, length).filter(text => !/^0+$/.test(text))
}

function textOf(chars: string, minLength: number, maxLength: number): fc.Arbitrary<string> {
  return fc.string({ unit: fc.constantFrom(...chars), minLength, maxLength })
}
