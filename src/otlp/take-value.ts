import type { StoredElement, StoredValue } from './values.ts'

/** The longest text that an object, a Map or anything else not native to OTLP is turned into, in characters. */
const MAX_CONVERTED_LENGTH = 65_536
/** Longer arrays are not copied but turned into text, which is cut. */
const MAX_ELEMENTS = 1_000_000
const MAX_DEPTH = 16
const UNSERIALISABLE = '[unserialisable]'

/**
 * Takes an attribute value at the moment it is set, so that later changes to it do not show and `end()` runs no code of the
 * caller's: primitives as they are, arrays copied, everything else as text. `undefined` means that there is no value.
 */
export function takeValue(value: unknown, maxLength: number): StoredValue | undefined {
  switch (typeof value) {
    case 'string':
      return truncate(value, maxLength)
    case 'number':
    case 'boolean':
      return value
    case 'undefined':
      return undefined
    case 'bigint':
      return fitsInt64(value) ? value : takeText(value, maxLength)
    default:
      return value === null ? undefined : takeObject(value, maxLength)
  }
}

/** The first `maxLength` characters, less half a surrogate pair. */
export function truncate(text: string, maxLength: number): string {
  if (text.length <= maxLength) return text
  const last = text.charCodeAt(maxLength - 1)
  const splitsPair = last >= 0xd800 && last <= 0xdbff
  return text.slice(0, splitsPair ? maxLength - 1 : maxLength)
}

function fitsInt64(value: bigint): boolean {
  return BigInt.asIntN(64, value) === value
}

function takeObject(value: unknown, maxLength: number): StoredValue {
  try {
    if (Array.isArray(value) && value.length <= MAX_ELEMENTS && value.every(isElement)) {
      return Array.from(value as readonly unknown[], element => takeElement(element, maxLength))
    }
  } catch {
    return UNSERIALISABLE
  }
  return takeText(value, maxLength)
}

function takeText(value: unknown, maxLength: number): string {
  try {
    return truncate(toText(value), maxLength)
  } catch {
    return UNSERIALISABLE
  }
}

function isElement(value: unknown): boolean {
  return value === null || (typeof value !== 'object' && typeof value !== 'function' && typeof value !== 'symbol')
}

function takeElement(value: unknown, maxLength: number): StoredElement {
  if (typeof value === 'string') return truncate(value, maxLength)
  if (typeof value === 'bigint') return fitsInt64(value) ? value : takeText(value, maxLength)
  return typeof value === 'number' || typeof value === 'boolean' ? value : null
}

/** The defined text of everything that is not native: Date as ISO 8601, Error as its message, objects as JSON. */
function toText(value: unknown): string {
  return truncate(describe(value), MAX_CONVERTED_LENGTH)
}

function describe(value: unknown): string {
  if (typeof value !== 'object') return String(value)
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'Invalid Date' : value.toISOString()
  if (value instanceof Error) return String(value.message)
  return JSON.stringify(plain(value, [], { characters: MAX_CONVERTED_LENGTH })) ?? UNSERIALISABLE
}

/**
 * What may still be copied into a text. Nothing is charged more than it takes there, so that a text for which the budget did
 * not do is longer than it may be, and is seen to be cut.
 */
interface Budget {
  characters: number
}

/**
 * A copy of `value` that JSON.stringify cannot trip over: cycles and depth cut, bigint and symbols as text. Copying stops
 * when the budget is spent, so that a huge graph costs no more than its text may be long.
 */
function plain(value: unknown, ancestors: readonly object[], budget: Budget): unknown {
  if (value === undefined || typeof value === 'function') return undefined
  budget.characters -= typeof value === 'string' ? value.length : 1
  if (typeof value === 'string') return truncate(value, MAX_CONVERTED_LENGTH)
  if (typeof value === 'bigint' || typeof value === 'symbol') return String(value)
  if (typeof value !== 'object' || value === null) return value
  if (ancestors.includes(value)) return '[circular]'
  if (ancestors.length >= MAX_DEPTH) return '[too deep]'
  if (value instanceof Error) return String(value.message)
  return plainObject(ArrayBuffer.isView(value) ? headOf(value, budget) : value, [...ancestors, value], budget)
}

function plainObject(value: object, path: readonly object[], budget: Budget): unknown {
  const toJson = (value as { toJSON?: unknown }).toJSON
  if (typeof toJson === 'function') return plain(toJson.call(value), path, budget)
  if (value instanceof Map) return plainEntries(value.entries(), path, budget)
  if (Array.isArray(value) || value instanceof Set) return plainList(value, path, budget)
  return plainEntries(propertiesOf(value), path, budget)
}

/** As much of a typed array as can show: Buffer's own toJSON makes an array of all its bytes. */
function headOf(value: ArrayBufferView, budget: Budget): object {
  return 'subarray' in value ? (value as Uint8Array).subarray(0, Math.max(0, budget.characters)) : value
}

function* propertiesOf(value: object): IterableIterator<[string, unknown]> {
  for (const key of Object.keys(value)) yield [key, (value as Record<string, unknown>)[key]]
}

function plainList(values: Iterable<unknown>, path: readonly object[], budget: Budget): unknown[] {
  const list: unknown[] = []
  for (const value of values) {
    if (budget.characters-- <= 0) break
    list.push(plain(value, path, budget))
  }
  return list
}

function plainEntries(
  entries: Iterable<[unknown, unknown]>,
  path: readonly object[],
  budget: Budget,
): Record<string, unknown> {
  const copy: Record<string, unknown> = Object.create(null)
  for (const [key, value] of entries) {
    if (budget.characters <= 0) break
    const taken = plain(value, path, budget)
    if (taken === undefined) continue
    const name = String(key)
    budget.characters -= name.length
    copy[name] = taken
  }
  return copy
}
