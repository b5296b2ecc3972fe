import type { Attributes } from '../types/span.ts'
import { byteTarget, ProtobufWriter, utf8Size } from '../wire/protobuf-writer.ts'
import { keysOf, propertyOf } from './properties.ts'
import { type TakenFor, takeValue } from './take-value.ts'
import { type StoredValue, textBound, VALUE_OVERHEAD, writeKey, writeKeyValue } from './values.ts'

/** Attributes taken in order of their keys' appearance, at most `maxCount` of them. */
export interface TakenAttributes {
  readonly entries: ReadonlyMap<string, StoredValue>
  readonly dropped: number
}

const NO_ATTRIBUTES: TakenAttributes = { entries: new Map(), dropped: 0 }

/** Takes a caller's attributes; a getter that throws costs that attribute only. */
export function takeAttributes(
  attributes: Attributes | undefined,
  maxCount: number,
  maxLength: number,
  taking?: TakenFor,
): TakenAttributes {
  if (typeof attributes !== 'object' || attributes === null) return NO_ATTRIBUTES
  const entries = new Map<string, StoredValue>()
  let dropped = 0
  for (const key of keysOf(attributes)) {
    const value = key === '' ? undefined : takeValue(propertyOf(attributes, key), maxLength, taking, key)
    if (value === undefined) continue
    if (entries.size < maxCount) entries.set(key, value)
    else dropped++
  }
  return { entries, dropped }
}

/** An upper bound of what `writeAttributes` writes. */
export function attributesBound(entries: ReadonlyMap<string, StoredValue>): number {
  let bound = 0
  for (const [key, value] of entries) bound += 2 * VALUE_OVERHEAD + key.length * 3 + textBound(value)
  return bound
}

/** One KeyValue field with `tag` per entry. */
export function writeAttributes(out: ProtobufWriter, tag: number, entries: ReadonlyMap<string, StoredValue>): void {
  for (const [key, value] of entries) writeKeyValue(out, tag, encodeKeyField(key), value)
}

/** `KeyValue.key` as bytes of its own. */
export function encodeKeyField(key: string): Uint8Array {
  return encode(utf8Size(key) + VALUE_OVERHEAD + 48, out => writeKey(out, key))
}

/** Runs `write` with room for `bound` bytes and returns what it wrote. */
export function encode(bound: number, write: (out: ProtobufWriter) => void): Uint8Array {
  const out = new ProtobufWriter(byteTarget(new ArrayBuffer(bound)))
  write(out)
  return out.bytes.slice(0, out.position)
}
