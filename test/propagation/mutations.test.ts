import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseB3, parseB3Multi } from '../../src/propagation/b3.ts'
import { formatBaggage, parseBaggage } from '../../src/propagation/baggage.ts'
import { parseCloudTrace } from '../../src/propagation/cloud-trace.ts'
import { extractContext } from '../../src/propagation/context.ts'
import { parseUberTraceId } from '../../src/propagation/jaeger.ts'
import { parseRequestId } from '../../src/propagation/request-id.ts'
import type { IncomingTrace } from '../../src/propagation/sampling.ts'
import { isValidSpanContext } from '../../src/propagation/span-context.ts'
import { parseTraceparent } from '../../src/propagation/traceparent.ts'
import { parseTraceState } from '../../src/propagation/tracestate.ts'
import type { PropagatorName } from '../../src/types/options.ts'
import { randomNumbers } from '../support/random-numbers.ts'

const T = '0af7651916cd43dd8448eb211c80319c'
const P = 'b7ad6b7169203331'
const MUTATIONS = 1_000_000
/** Inserted and put in place of others: what the formats are made of, and what none of them takes. */
const CHARS = '0123456789abcdefABdg-:/;=,%+ \t\r\n"\\\0é\u{d800}\u{ffff}'
const EVERY: readonly PropagatorName[] = [
  'tracecontext',
  'baggage',
  'request-id',
  'b3',
  'b3multi',
  'jaeger',
  'gcp_trace',
]

/** [header, valid values, check of what is read of any value] */
const HEADERS: readonly [header: string, valid: readonly string[], check: (text: string) => boolean][] = [
  ['traceparent', [`00-${T}-${P}-01`, `cc-${T}-${P}-03-more`], text => isSound(parseTraceparent(text))],
  [
    'tracestate',
    ['foo=1,bar=2', 'a@b= x,ot=th:8;rv:0123456789abcd'],
    text => {
      const state = parseTraceState(text)
      return state === undefined || parseTraceState(state.serialize())?.serialize() === state.serialize()
    },
  ],
  [
    'baggage',
    ['a=1;p=2,b = x%20y ', 'userId=Am%C3%A9lie;q,c='],
    text => {
      const written = formatBaggage(parseBaggage(text))
      return formatBaggage(parseBaggage(written)) === written
    },
  ],
  ['x-request-id', ['run-7'], text => [undefined, text].includes(parseRequestId(text))],
  ['b3', [`${T}-${P}-d-05e3ac9a4f6e3b90`, `${T.slice(16)}-${P}`, '0'], text => isSound(parseB3(text))],
  ['x-b3-traceid', [T, T.slice(16)], text => isSound(parseB3Multi({ ...MULTI, traceId: text }))],
  ['x-b3-spanid', [P], text => isSound(parseB3Multi({ ...MULTI, spanId: text }))],
  ['x-b3-sampled', ['1', 'false'], text => isSound(parseB3Multi({ ...MULTI, sampled: text }))],
  ['uber-trace-id', [`${T}:${P}:0:3`, `1%3A2%3A0%3A1`], text => isSound(parseUberTraceId(text))],
  ['x-cloud-trace-context', [`${T}/13235353014750950193;o=1`], text => isSound(parseCloudTrace(text))],
]
const MULTI = { traceId: T, spanId: P, sampled: '1', flags: undefined }

function isSound(trace: IncomingTrace | undefined): boolean {
  return typeof trace !== 'object' || (isValidSpanContext(trace) && trace.isRemote === true)
}

test(`${MUTATIONS.toLocaleString('en')} mutations of valid headers are each read soundly or refused`, () => {
  const random = randomNumbers(20_261_125)
  for (let i = 0; i < MUTATIONS; i++) {
    const [header, valid, check] = HEADERS[i % HEADERS.length]!
    const text = mutate(valid[random(valid.length)]!, random)
    if (!check(text)) assert.fail(`${header}: ${JSON.stringify(text)}`)
  }
})

test('the same mutations, of a part of the headers at once, never make a whole carrier throw', () => {
  const random = randomNumbers(7)
  for (let i = 0; i < 20_000; i++) {
    const chosen = HEADERS.filter(() => random(2) === 0)
    const carrier = Object.fromEntries(chosen.map(([header, valid]) => [header, mutate(valid[0]!, random)]))
    carrier['uberctx-a'] = mutate('x%20y', random)
    const { spanContext } = extractContext(carrier, EVERY)
    assert.ok(spanContext === undefined || isValidSpanContext(spanContext))
  }
})

/** Texts of any length that keep a careless parser busy: nearly right, or made of separators, escapes and blanks. */
const HOSTILE: readonly [what: string, make: (length: number) => string][] = [
  ['separators', length => '-:;,=/'.repeat(length / 6)],
  ['escapes', length => '%3A'.repeat(length / 3)],
  ['blanks', length => ' \t'.repeat(length / 2)],
  ['digits', length => '7'.repeat(length)],
  ['members', length => 'a=1,'.repeat(length / 4)],
  ['properties', length => `a=1${';p=1'.repeat(length / 4)}`],
  ['blanks before a member', length => `${' '.repeat(length)}a=1`],
]
for (const [what, make] of HOSTILE) {
  test(`a value of ${what} that is eight times as long takes at most about eight times as long to read`, () => {
    const [short, long] = [125_000, 1_000_000].map(make)
    for (const [header, , check] of HEADERS) {
      const shortMs = fastest(() => check(short!))
      const longMs = fastest(() => check(long!))
      // Quadratic would be 64 times as long, and that of seconds; 50 ms are for what disturbs such a short measurement.
      assert.ok(longMs < 24 * shortMs + 50, `${header}: ${shortMs} ms, then ${longMs} ms`)
    }
  })
}

test('the baggage headers of Jaeger are looked at no further than the thousandth name', () => {
  let read = 0
  const get = (): string => String(++read)
  const properties = Array.from({ length: 10_000 }, (_, i) => [`uberctx-${i}`, { get, enumerable: true }] as const)
  const carrier = Object.defineProperties({}, Object.fromEntries(properties))
  assert.equal(extractContext(carrier, EVERY).baggage.size, 64)
  assert.equal(read, 1_000)
})

function fastest(run: () => unknown): number {
  let best = Number.POSITIVE_INFINITY
  for (let round = 0; round < 3; round++) {
    const started = performance.now()
    run()
    best = Math.min(best, performance.now() - started)
  }
  return best
}

/** One to four changes: a character put in place of another, inserted or left out, a part doubled, or the rest cut off. */
function mutate(text: string, random: (below: number) => number): string {
  let mutated = text
  for (let edits = 1 + random(4); edits > 0; edits--) {
    const at = random(mutated.length + 1)
    const [before, after] = [mutated.slice(0, at), mutated.slice(at)]
    const char = CHARS[random(CHARS.length)]!
    mutated = [
      () => before + char + after.slice(1),
      () => before + char + after,
      () => before + after.slice(1),
      () => before + after + after,
      () => (random(8) === 0 ? before : mutated),
      () => before + after.toUpperCase(),
    ][random(6)]!()
  }
  return mutated
}
