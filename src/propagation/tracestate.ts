import type { TraceState } from '../types/span.ts'
import { charTable, indexOrEnd, isAll, trimBlanks } from './characters.ts'

/** W3C Trace Context level 2: members in a list, and characters in a key or a value. */
const MAX_MEMBERS = 32
const MAX_KEY_CHARS = 256
const MAX_VALUE_CHARS = 256

/** The longest list that the grammar allows, blanks aside. What is longer is not read. */
const MAX_INPUT_CHARS = MAX_MEMBERS * (MAX_KEY_CHARS + 1 + MAX_VALUE_CHARS) + MAX_MEMBERS - 1

/** Kept of a list. The specification asks for 512 at least; every span of the trace exports what is kept. */
const MAX_KEPT_CHARS = 2_048

/** Members longer than this are the first to go when a list is cut, says the specification. */
const LONG_MEMBER_CHARS = 128

const KEY_START = charTable('az09')
const KEY = charTable('az09__--**//@@')
/** Printable ASCII without comma and equals sign. */
const VALUE = charTable(' +-<>~')

/** The list in a `tracestate` value. Undefined where it is empty or any part of it is malformed. Never throws. */
export function parseTraceState(text: string): TraceState | undefined {
  if (text.length > MAX_INPUT_CHARS) return undefined
  const members: string[] = []
  let count = 0
  for (let start = 0; start < text.length; ) {
    const end = indexOrEnd(text, ',', start)
    const member = trimBlanks(text, start, end)
    start = end + 1
    if (member === '') continue
    const equals = member.indexOf('=')
    if (++count > MAX_MEMBERS || !hasKey(member, equals) || !hasValue(member, equals + 1)) return undefined
    if (count === 1 || indexOfKey(members, member.slice(0, equals)) < 0) members.push(member)
  }
  return members.length === 0 ? undefined : new TraceStateList(members, text)
}

/** A list to build on: that of the text, empty without one or where the text is malformed. */
export function createTraceState(text = ''): TraceState {
  return parseTraceState(text) ?? new TraceStateList([])
}

/** The header value of any `TraceState`, '' where it is empty. One that is not ours is checked like a header. */
export function formatTraceState(state: TraceState): string {
  if (state instanceof TraceStateList) return state.serialize()
  try {
    return parseTraceState(state.serialize())?.serialize() ?? ''
  } catch {
    return ''
  }
}

/** Members are kept as 'key=value', each key once, the most recently set one first. */
class TraceStateList implements TraceState {
  private readonly members: readonly string[]
  private readonly text: string

  /** `header` is the text that the members are from: it is their list already where nothing was left out of it. */
  constructor(members: readonly string[], header = '') {
    this.members = lengthOf(members) > MAX_KEPT_CHARS ? cutToLimit(members) : members
    this.text = lengthOf(this.members) === header.length ? header : this.members.join(',')
  }

  get(key: string): string | undefined {
    const index = indexOfKey(this.members, key)
    return index < 0 ? undefined : this.members[index]?.slice(key.length + 1)
  }

  /** Puts the member in front. A key or value outside the grammar changes nothing. */
  set(key: string, value: string): TraceState {
    if (!isKey(key) || !isValue(value)) return this
    const others = without(this.members, indexOfKey(this.members, key))
    return new TraceStateList([`${key}=${value}`, ...others.slice(0, MAX_MEMBERS - 1)])
  }

  unset(key: string): TraceState {
    const index = indexOfKey(this.members, key)
    return index < 0 ? this : new TraceStateList(without(this.members, index))
  }

  serialize(): string {
    return this.text
  }
}

function isKey(key: unknown): key is string {
  return typeof key === 'string' && hasKey(key, key.length)
}

function isValue(value: unknown): value is string {
  return typeof value === 'string' && hasValue(value, 0)
}

/** Whether the text begins with a key that ends before `end`. */
function hasKey(text: string, end: number): boolean {
  return end > 0 && end <= MAX_KEY_CHARS && isAll(KEY_START, text, 0, 1) && isAll(KEY, text, 1, end)
}

/** Whether the text ends with a value that begins at `start`. */
function hasValue(text: string, start: number): boolean {
  const chars = text.length - start
  return chars > 0 && chars <= MAX_VALUE_CHARS && isAll(VALUE, text, start) && !text.endsWith(' ')
}

function indexOfKey(members: readonly string[], key: string): number {
  return members.findIndex(member => member.startsWith(`${key}=`))
}

function without(members: readonly string[], index: number): readonly string[] {
  return members.filter((_, i) => i !== index)
}

/** Only whole members go: first the long ones, then any, each time from the right and never the front one. */
function cutToLimit(members: readonly string[]): readonly string[] {
  const kept = [...members]
  let chars = lengthOf(kept)
  for (const minChars of [LONG_MEMBER_CHARS + 1, 0]) {
    for (let i = kept.length - 1; i > 0 && chars > MAX_KEPT_CHARS; i--) {
      const member = kept[i]
      if (member === undefined || member.length < minChars) continue
      chars -= member.length + 1
      kept.splice(i, 1)
    }
  }
  return kept
}

function lengthOf(members: readonly string[]): number {
  let chars = members.length - 1
  for (const member of members) chars += member.length
  return chars
}
