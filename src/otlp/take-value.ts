import type { Redactor } from '../redaction/redactor.ts'
import { truncate } from './truncate.ts'
import type { StoredElement, StoredValue } from './values.ts'

/** What a value is taken for. */
export interface TakenFor {
  /** Sees to what stands inside of objects. The texts that are taken are left to it whole. */
  readonly redactor?: Redactor | undefined
}

/** The longest text that an object, a Map or anything else not native to OTLP is turned into, in characters. */
const MAX_CONVERTED_LENGTH = 65_536
/** Longer arrays are not copied but turned into text, which is cut; of other collections no more is looked at. */
const MAX_ELEMENTS = 1_000_000
const MAX_DEPTH = 16
const UNSERIALISABLE = '[unserialisable]'

/**
 * Takes an attribute value at the moment it is set, so that later changes to it do not show and `end()` runs no code of the
 * caller's: primitives as they are, arrays copied, everything else as text. `undefined` means that there is no value.
 * `taking` and `key` matter to objects only.
 */
export function takeValue(value: unknown, maxLength: number, taking?: TakenFor, key = ''): StoredValue | undefined {
  // Asked here as well, since V8 leaves the call of `truncate` a call.
  if (typeof value === 'string') return value.length <= maxLength ? value : truncate(value, maxLength)
  if (typeof value === 'number' || typeof value === 'boolean') return value
  if (value === undefined || value === null) return undefined
  if (typeof value === 'bigint' && fitsInt64(value)) return value
  return takeObject(value, maxLength, taking?.redactor, key)
}

function fitsInt64(value: bigint): boolean {
  return BigInt.asIntN(64, value) === value
}

function takeObject(value: unknown, maxLength: number, redactor: Redactor | undefined, key: string): StoredValue {
  try {
    if (Array.isArray(value)) {
      const elements = takeElements(value, maxLength, redactor)
      if (elements !== undefined) return elements
    }
  } catch {
    return UNSERIALISABLE
  }
  return takeText(value, maxLength, redactor, key)
}

/** Undefined where one element is not native. By index and a length that is read once: an iterator may have no end. */
function takeElements(
  array: readonly unknown[],
  maxLength: number,
  redactor: Redactor | undefined,
): StoredElement[] | undefined {
  const { length } = array
  if (!(length <= MAX_ELEMENTS)) return undefined
  const elements: StoredElement[] = []
  for (let index = 0; index < length; index++) {
    const element = array[index]
    if (!isElement(element)) return undefined
    elements.push(takeElement(element, maxLength, redactor))
  }
  return elements
}

function takeText(value: unknown, maxLength: number, redactor: Redactor | undefined, key: string): string {
  try {
    return truncate(toText(value, redactor, key), maxLength)
  } catch {
    return UNSERIALISABLE
  }
}

function isElement(value: unknown): boolean {
  return value === null || (typeof value !== 'object' && typeof value !== 'function' && typeof value !== 'symbol')
}

function takeElement(value: unknown, maxLength: number, redactor: Redactor | undefined): StoredElement {
  if (typeof value === 'string') return truncate(value, maxLength)
  if (typeof value === 'bigint') return fitsInt64(value) ? value : takeText(value, maxLength, redactor, '')
  return typeof value === 'number' || typeof value === 'boolean' ? value : null
}

/**
 * The defined text of everything that is not native: Date as ISO 8601, Error as its message, objects as JSON. What would be
 * cut before a redactor has seen it whole is replaced whole: the cut may go through a secret.
 */
function toText(value: unknown, redactor: Redactor | undefined, key: string): string {
  const text = describe(value, redactor, key)
  if (redactor !== undefined && text.length > MAX_CONVERTED_LENGTH) return redactor.replacement
  return truncate(text, MAX_CONVERTED_LENGTH)
}

function describe(value: unknown, redactor: Redactor | undefined, key: string): string {
  if (typeof value !== 'object') return String(value)
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'Invalid Date' : value.toISOString()
  if (value instanceof Error) return String(value.message)
  return JSON.stringify(plain(value, key, [], { characters: MAX_CONVERTED_LENGTH, redactor })) ?? UNSERIALISABLE
}

/**
 * What may still be copied into a text. Nothing is charged more than it takes there, so that a text for which the budget did
 * not do is longer than it may be, and is seen to be cut.
 */
interface Budget {
  characters: number
  readonly redactor: Redactor | undefined
}

/**
 * A copy of `value` that JSON.stringify cannot trip over: cycles and depth cut, bigint and symbols as text. Copying stops
 * when the budget is spent, so that a huge graph costs no more than its text may be long. `key` is the path to it.
 */
function plain(value: unknown, key: string, ancestors: readonly object[], budget: Budget): unknown {
  if (value === undefined || typeof value === 'function') return undefined
  if (typeof value === 'string') return plainText(value, budget)
  if (typeof value === 'symbol') return plainText(String(value), budget)
  if (typeof value === 'number' || typeof value === 'bigint') return plainNumber(value, budget)
  budget.characters--
  if (typeof value !== 'object' || value === null) return value
  if (ancestors.includes(value)) return '[circular]'
  if (ancestors.length >= MAX_DEPTH) return '[too deep]'
  if (value instanceof Error) return plainText(String(value.message), budget)
  return plainObject(ArrayBuffer.isView(value) ? headOf(value, budget) : value, key, [...ancestors, value], budget)
}

function plainText(text: string, budget: Budget): string {
  const shown = budget.redactor === undefined ? text : budget.redactor.mask(text)
  budget.characters -= shown.length
  return truncate(shown, MAX_CONVERTED_LENGTH)
}

function plainNumber(value: number | bigint, budget: Budget): unknown {
  budget.characters--
  const shown = budget.redactor === undefined ? value : budget.redactor.maskNumber(value)
  return typeof shown === 'bigint' ? String(shown) : shown
}

function plainObject(value: object, key: string, path: readonly object[], budget: Budget): unknown {
  const toJson = (value as { toJSON?: unknown }).toJSON
  if (typeof toJson === 'function') return plain(toJson.call(value), key, path, budget)
  if (value instanceof Map) return plainEntries(value.entries(), key, path, budget)
  if (Array.isArray(value) || value instanceof Set) return plainList(value, key, path, budget)
  return plainEntries(propertiesOf(value), key, path, budget)
}

/** As much of a typed array as can show: Buffer's own toJSON makes an array of all its bytes. */
function headOf(value: ArrayBufferView, budget: Budget): object {
  return 'subarray' in value ? (value as Uint8Array).subarray(0, Math.max(0, budget.characters)) : value
}

function* propertiesOf(value: object): IterableIterator<[string, unknown]> {
  for (const key of Object.keys(value)) yield [key, (value as Record<string, unknown>)[key]]
}

function plainList(values: Iterable<unknown>, key: string, path: readonly object[], budget: Budget): unknown[] {
  const list: unknown[] = []
  for (const value of values) {
    if (budget.characters-- <= 0) break
    list.push(plain(value, key, path, budget))
  }
  return list
}

function plainEntries(
  entries: Iterable<[unknown, unknown]>,
  key: string,
  path: readonly object[],
  budget: Budget,
): Record<string, unknown> {
  const copy: Record<string, unknown> = Object.create(null)
  let looked = 0
  for (const [property, value] of entries) {
    // Entries without a value take nothing of the budget, and an iterator of the caller's may have no end.
    if (budget.characters <= 0 || ++looked > MAX_ELEMENTS) break
    if (value === undefined || typeof value === 'function') continue
    const name = String(property)
    const taken = plainProperty(value, name, key, path, budget)
    if (taken === undefined) continue
    const shown = budget.redactor === undefined ? name : budget.redactor.keyText(name)
    budget.characters -= shown.length
    copy[shown] = taken
  }
  return copy
}

function plainProperty(value: unknown, name: string, key: string, path: readonly object[], budget: Budget): unknown {
  const { redactor } = budget
  if (redactor === undefined) return plain(value, key, path, budget)
  const inner = key === '' ? name : `${key}.${name}`
  if (!redactor.hides(name, inner)) return plain(value, inner, path, budget)
  budget.characters -= redactor.replacement.length
  return redactor.replacement
}
