import type { TimeInput } from '../types/span.ts'

/**
 * Nanoseconds since the epoch are kept as two 32-bit words: a BigInt is written into the typed array and read back as
 * integers, so that no time survives as a heap object (35 ns a reading against 63 for performance.now()).
 */
const nanoseconds = new BigInt64Array(1)
const words = new Int32Array(nanoseconds.buffer)

const monotonic: () => bigint = process.hrtime.bigint

/** A difference below this is Date.now()'s own grain, not a step of the wall clock. */
const TOLERANCE_MS = 2

/** What is added to the monotonic clock to get wall time; one per local root, so that a trace never runs backwards. */
export type ClockAnchor = bigint

let anchor: ClockAnchor = makeAnchor()
/** The high word of the last reading that was compared with the wall clock; it changes every 4.3 s. */
let comparedHigh = 0

export function timeLow(): number {
  return words[0]!
}

export function timeHigh(): number {
  return words[1]!
}

/** Reads the clock of a running trace into `timeLow` and `timeHigh`. */
export function readClock(traceAnchor: ClockAnchor): void {
  nanoseconds[0] = monotonic() + traceAnchor
}

/** Reads the clock for a new local root and gives the anchor of its trace. */
export function readClockForRoot(): ClockAnchor {
  nanoseconds[0] = monotonic() + anchor
  if (words[1] !== comparedHigh) {
    followWallClock()
    nanoseconds[0] = monotonic() + anchor
  }
  return anchor
}

/** Takes a caller's time as the current reading, or reads the clock where it cannot be used. */
export function readTime(input: TimeInput | undefined, traceAnchor: ClockAnchor): void {
  const given = input === undefined ? undefined : toNanoseconds(input)
  if (given === undefined) readClock(traceAnchor)
  else nanoseconds[0] = given
}

/** Whether `input` is one of the forms of TimeInput, and not attributes. */
export function isTimeInput(input: unknown): input is TimeInput {
  if (typeof input === 'number') return true
  try {
    return input instanceof Date || Array.isArray(input)
  } catch {
    return false
  }
}

function followWallClock(): void {
  const behindMs = Date.now() - Number(nanoseconds[0]! / 1_000_000n)
  if (Math.abs(behindMs) > TOLERANCE_MS) anchor = makeAnchor()
  nanoseconds[0] = monotonic() + anchor
  comparedHigh = words[1]!
}

/** performance.timeOrigin has the finer grain, but keeps the wall clock of the process's start. */
function makeAnchor(): ClockAnchor {
  const fineMs = performance.timeOrigin + performance.now()
  const coarseMs = Date.now()
  const wallMs = Math.abs(fineMs - coarseMs) <= TOLERANCE_MS ? fineMs : coarseMs
  return millisecondsToNanoseconds(wallMs) - monotonic()
}

/** Undefined where `input` is no time that 64 bits hold. A caller's Date or array may throw when it is read. */
function toNanoseconds(input: TimeInput): bigint | undefined {
  try {
    return parseTime(input)
  } catch {
    return undefined
  }
}

function parseTime(input: TimeInput): bigint | undefined {
  if (typeof input === 'number')
    return fromMilliseconds(input < performance.timeOrigin ? performance.timeOrigin + input : input)
  if (input instanceof Date) return fromMilliseconds(input.getTime())
  const [seconds, rest] = Array.isArray(input) ? (input as unknown[]) : []
  if (typeof seconds !== 'number' || typeof rest !== 'number') return undefined
  return fromMilliseconds(seconds * 1000, rest)
}

/** Undefined outside 1970 to 2262, which is what 64 signed bits of nanoseconds reach. */
function fromMilliseconds(ms: number, extraNanoseconds = 0): bigint | undefined {
  if (!Number.isFinite(ms) || !Number.isFinite(extraNanoseconds)) return undefined
  const total = millisecondsToNanoseconds(ms) + BigInt(Math.round(extraNanoseconds))
  return total >= 0n && total < 1n << 63n ? total : undefined
}

/** The whole milliseconds go through BigInt alone: as a double, epoch nanoseconds would be off by up to 128. */
function millisecondsToNanoseconds(ms: number): bigint {
  const whole = Math.floor(ms)
  return BigInt(whole) * 1_000_000n + BigInt(Math.round((ms - whole) * 1e6))
}
