import assert from 'node:assert/strict'
import test from 'node:test'
import type { TimeInput } from '../../src/types/span.ts'

/** The clocks of the process, to be moved by hand: the wall clock may be stepped, the monotonic one goes on. */
const START_MS = Math.ceil(performance.timeOrigin) + 100_000
let elapsedNs = 0n
let stepMs = 0
const elapsedMs = (): number => Number(elapsedNs) / 1e6
process.hrtime.bigint = () => 77_000_000_000n + elapsedNs
Object.defineProperty(performance, 'now', { value: () => START_MS - performance.timeOrigin + elapsedMs() })
Date.now = () => Math.floor(START_MS + elapsedMs() + stepMs)

const { isTimeInput, readClock, readClockForRoot, readTime, timeHigh, timeLow } = await import(
  '../../src/trace/clock.ts'
)

/** Longer than the high word of the nanoseconds stays the same. */
const COMPARISON_NS = 4_500_000_000n

function reading(): bigint {
  return (BigInt(timeHigh()) << 32n) + BigInt(timeLow() >>> 0)
}

function wallNs(): bigint {
  return BigInt(START_MS) * 1_000_000n + elapsedNs + BigInt(stepMs) * 1_000_000n
}

function assertNear(actual: bigint, expected: bigint, toleranceNs = 3_000_000n): void {
  const difference = actual - expected
  assert.ok(difference <= toleranceNs && -difference <= toleranceNs, `${difference} ns apart`)
}

test('a root reads the wall clock, to a fraction of a millisecond', () => {
  elapsedNs += 123_456n
  readClockForRoot()
  assertNear(reading(), wallNs(), 1_000n)
})

test('inside a trace time passes as the monotonic clock says, to the nanosecond', () => {
  const anchor = readClockForRoot()
  const before = reading()
  elapsedNs += 1_000_000_007n
  readClock(anchor)
  assert.equal(reading() - before, 1_000_000_007n)
})

for (const [what, steppedMs] of [
  ['forward', 3_600_000],
  ['back', -7_200_000],
] as const) {
  test(`a wall clock stepped ${what} moves the next roots, not the trace that runs`, () => {
    const anchor = readClockForRoot()
    const before = reading()
    stepMs += steppedMs
    elapsedNs += COMPARISON_NS
    readClock(anchor)
    assert.equal(reading() - before, COMPARISON_NS)
    const moved = readClockForRoot()
    assertNear(reading(), wallNs())
    assert.equal(readClockForRoot(), moved)
  })
}

test('a wall clock that is off by its grain moves nothing', () => {
  const anchor = readClockForRoot()
  stepMs += 2
  elapsedNs += COMPARISON_NS
  assert.equal(readClockForRoot(), anchor)
})

const ORIGIN_MS = performance.timeOrigin
const inputs: readonly [what: string, input: TimeInput, nanoseconds: bigint][] = [
  ['a Date', new Date('2023-11-14T22:13:20.123Z'), 1_700_000_000_123_000_000n],
  ['the epoch as a Date', new Date(0), 0n],
  ['whole epoch milliseconds', START_MS, BigInt(START_MS) * 1_000_000n],
  ['epoch milliseconds with a fraction', START_MS + 0.25, BigInt(START_MS) * 1_000_000n + 250_000n],
  ['seconds and nanoseconds', [1_700_000_000, 123_456_789], 1_700_000_000_123_456_789n],
  ['more than a second of nanoseconds', [1, 1_500_000_000], 2_500_000_000n],
  ['fractions of seconds and nanoseconds', [1.5, 0.6], 1_500_000_001n],
  ['the last time that 64 bits hold', [9_223_372_036, 854_775_807], 2n ** 63n - 1n],
]
for (const [what, input, nanoseconds] of inputs) {
  test(`a time may be given as ${what}`, () => {
    readTime(input, 0n)
    assert.equal(reading(), nanoseconds)
    assert.equal(isTimeInput(input), true)
  })
}

for (const ms of [0, 12.5, -3]) {
  test(`${ms}, less than performance.timeOrigin, is a reading of performance.now()`, () => {
    readTime(ms, 0n)
    assertNear(reading(), BigInt(Math.round((ORIGIN_MS + ms) * 1000)) * 1000n, 1_000n)
  })
}

function throwing(): never {
  throw new Error('no')
}

const unusable: readonly [what: string, input: unknown][] = [
  ['undefined', undefined],
  ['null', null],
  ['NaN', Number.NaN],
  ['Infinity', Number.POSITIVE_INFINITY],
  ['a time before 1970', new Date(-1)],
  ['a time after 2262', [9_223_372_036, 854_775_808]],
  ['1e300', 1e300],
  ['an invalid Date', new Date(Number.NaN)],
  ['an empty array', []],
  ['an array of texts', ['1', '2']],
  ['text', '2023-11-14'],
  ['a bigint', 1n],
  ['a symbol', Symbol('s')],
  ['a Date whose getTime throws', Object.assign(new Date(0), { getTime: throwing })],
  ['a Date whose getTime answers text', Object.assign(new Date(0), { getTime: () => 'noon' })],
  ['an array whose elements throw', Object.defineProperty([1, 2], '0', { get: throwing })],
  ['a proxy that refuses', new Proxy([], { get: throwing, getPrototypeOf: throwing })],
]
for (const [what, input] of unusable) {
  test(`${what} is no time, so the clock is read`, () => {
    const anchor = readClockForRoot()
    const before = reading()
    elapsedNs += 5n
    readTime(input as TimeInput, anchor)
    assert.equal(reading() - before, 5n)
  })
}

const { proxy, revoke } = Proxy.revocable([], {})
revoke()
for (const [what, input] of [
  ['attributes', {}],
  ['null', null],
  ['undefined', undefined],
  ['text', 'a'],
  ['a revoked proxy', proxy],
] as const) {
  test(`${what} cannot be taken for a time`, () => assert.equal(isTimeInput(input), false))
}
