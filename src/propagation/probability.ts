import { charTable, isAll } from './characters.ts'
import { loadOtherHeaders } from './load-other-headers.ts'
import { LOWER_HEX } from './span-context.ts'

/**
 * A fraction of 2^56, in two numbers, since one holds 53 bits exactly. A trace has one by chance, its randomness, and a sampler
 * has one below which it takes no trace, its threshold; so all samplers of a trace agree (OpenTelemetry, "TraceState:
 * Probability Sampling").
 */
export interface Fraction {
  /** 24 bits. */
  readonly high: number
  /** 32 bits. */
  readonly low: number
}

export interface Threshold extends Fraction {
  /** As `th` has it: hex digits without the zeros at their end. */
  readonly text: string
}

/** What OpenTelemetry's entry in a trace state says of sampling. */
export interface SamplingEntry {
  readonly threshold: Threshold | undefined
  /** In place of the randomness of the trace id. */
  readonly randomness: Fraction | undefined
  /** The trace state without a threshold. */
  readonly bare: string
}

const KEY = 'ot'
const THRESHOLD = 'th'
const RANDOMNESS = 'rv'

const DIGITS = 14
const HIGH_DIGITS = 6
/** Digits that a threshold has behind its first ones that are all f, as OpenTelemetry recommends. */
const PRECISION = 4
const ALL = 2n ** 56n

const LETTER = charTable('az')
const NAME = charTable('az09')
const VALUE = charTable('09AZaz..__--')

/** The threshold of a sampler that takes this share of all traces, from 0 to 1; undefined where that is none. */
export function thresholdOf(share: number): Threshold | undefined {
  const taken = BigInt(Math.round(share * Number(ALL)))
  if (taken === 0n) return undefined
  const exact = (ALL - taken).toString(16).padStart(DIGITS, '0')
  const digits = Math.min(/^f*/.exec(exact)![0].length + PRECISION, DIGITS)
  const cut = 16n ** BigInt(DIGITS - digits)
  const rounded = ((ALL - taken + cut / 2n) / cut).toString(16).padStart(digits, '0')
  return parseThreshold(rounded.replace(/0+$/, '') || '0')
}

/** Whether a trace is taken whose randomness is this fraction. */
export function isTaken(high: number, low: number, threshold: Fraction): boolean {
  return high === threshold.high ? low >= threshold.low : high > threshold.high
}

/** Undefined where the text of a trace state has no entry of OpenTelemetry's, or a malformed one. */
export function samplingEntryOf(traceState: string): SamplingEntry | undefined {
  const members = traceState.includes(`${KEY}=`)
    ? parseMembers(loadOtherHeaders().createTraceState(traceState).get(KEY))
    : undefined
  if (members === undefined) return undefined
  const [threshold, randomness] = [members.get(THRESHOLD), members.get(RANDOMNESS)]
  return {
    threshold: threshold === undefined ? undefined : parseThreshold(threshold),
    randomness: randomness?.length === DIGITS ? parseFraction(randomness) : undefined,
    bare: withThreshold(traceState, undefined),
  }
}

/**
 * The text of a trace state with this threshold, or with none: the entry's other members stay, and a text that says so already
 * stays as it is. One that has no room for a threshold has none.
 */
export function withThreshold(traceState: string, threshold: Threshold | undefined): string {
  const state = loadOtherHeaders().createTraceState(traceState)
  const members = new Map(parseMembers(state.get(KEY)))
  if (members.get(THRESHOLD) === threshold?.text) return traceState
  members.delete(THRESHOLD)
  const others = formatMembers(members)
  const bare = others === '' ? state.unset(KEY) : state.set(KEY, others)
  if (threshold === undefined) return bare.serialize()
  return bare.set(KEY, formatMembers([[THRESHOLD, threshold.text], ...members])).serialize()
}

/** Members by name, undefined where any is malformed or comes twice. */
function parseMembers(value: string | undefined): ReadonlyMap<string, string> | undefined {
  if (value === undefined) return undefined
  const members = new Map<string, string>()
  for (const member of value.split(';')) {
    const colon = member.indexOf(':')
    const name = member.slice(0, Math.max(colon, 0))
    if (!isAll(LETTER, name, 0, 1) || !isAll(NAME, name) || !isAll(VALUE, member, colon + 1)) return undefined
    if (members.has(name)) return undefined
    members.set(name, member.slice(colon + 1))
  }
  return members
}

function formatMembers(members: Iterable<readonly [string, string]>): string {
  return Array.from(members, ([name, value]) => `${name}:${value}`).join(';')
}

function parseThreshold(text: string): Threshold | undefined {
  const fraction = text.length > 0 && text.length <= DIGITS ? parseFraction(text.padEnd(DIGITS, '0')) : undefined
  return fraction && { ...fraction, text }
}

function parseFraction(digits: string): Fraction | undefined {
  if (!isAll(LOWER_HEX, digits)) return undefined
  return {
    high: Number.parseInt(digits.slice(0, HIGH_DIGITS), 16),
    low: Number.parseInt(digits.slice(HIGH_DIGITS), 16),
  }
}
