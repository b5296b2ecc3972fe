import { type ProtobufWriter, utf8Size } from '../wire/protobuf-writer.ts'
import { varintSize } from '../wire/varint.ts'
import { ANY_VALUE, ARRAY_VALUE, KEY_VALUE } from './fields.ts'

export type StoredElement = string | number | boolean | bigint | null
/** An attribute value as it was taken when set: nothing in it can change or run code any more. bigint fits in 64 bits. */
export type StoredValue = string | number | boolean | bigint | readonly StoredElement[]

const KEY = (KEY_VALUE.key << 3) | 2
const VALUE = (KEY_VALUE.value << 3) | 2
const STRING = (ANY_VALUE.stringValue << 3) | 2
const BOOL = ANY_VALUE.boolValue << 3
const INT = ANY_VALUE.intValue << 3
const DOUBLE = (ANY_VALUE.doubleValue << 3) | 1
const ARRAY = (ANY_VALUE.arrayValue << 3) | 2
const ELEMENT = (ARRAY_VALUE.values << 3) | 2

const TWO_63 = 2 ** 63
/** An upper bound of a value's bytes without its text: three tags, three lengths, ten bytes of varint. */
export const VALUE_OVERHEAD = 32

/** Whether OTLP carries the number as int64; `-0` is then 0. */
export function isInt64(value: number): boolean {
  return Number.isInteger(value) && value >= -TWO_63 && value < TWO_63
}

/** An upper bound of what the text in `value` takes beyond VALUE_OVERHEAD. */
export function textBound(value: StoredValue): number {
  if (typeof value === 'string') return value.length * 3
  return typeof value === 'object' ? elementsBound(value) : 0
}

function elementsBound(values: readonly StoredElement[]): number {
  let bound = 0
  for (const element of values) bound += VALUE_OVERHEAD + (typeof element === 'string' ? element.length * 3 : 0)
  return bound
}

/** The exact bytes of what `textBound` bounds; slower. */
export function textSize(value: StoredValue): number {
  if (typeof value === 'string') return utf8Size(value)
  return typeof value === 'object' ? arraySize(value, allIntegers(value)) : 0
}

/** `KeyValue.key`, encoded: what goes in front of every value of that key. */
export function writeKey(out: ProtobufWriter, key: string): void {
  out.byte(KEY)
  out.string(key)
}

/** One attribute: `tag`, then KeyValue { key = 1, value = 2 }. `keyField` is what `writeKey` wrote. */
export function writeKeyValue(out: ProtobufWriter, tag: number, keyField: Uint8Array, value: StoredValue): void {
  const integers = allIntegers(value)
  writeHead(out, tag, keyField, anyValueSize(value, integers))
  writeAnyValue(out, value, integers)
}

/** Everything in front of an AnyValue of `size` bytes. */
function writeHead(out: ProtobufWriter, tag: number, keyField: Uint8Array, size: number): void {
  out.byte(tag)
  out.varint(keyField.length + 1 + varintSize(size) + size)
  out.raw(keyField)
  out.byte(VALUE)
  out.varint(size)
}

function anyValueSize(value: StoredValue | null, integers: boolean): number {
  switch (typeof value) {
    case 'string': {
      const size = utf8Size(value)
      return 1 + varintSize(size) + size
    }
    case 'boolean':
      return 2
    case 'number':
      return integers && isInt64(value) ? 1 + int64Size(value) : 9
    case 'bigint':
      return 1 + (value < 0n ? 10 : Math.ceil(value.toString(2).length / 7))
    default: {
      if (value === null) return 0
      const size = arraySize(value, integers)
      return 1 + varintSize(size) + size
    }
  }
}

function arraySize(values: readonly StoredElement[], integers: boolean): number {
  let size = 0
  for (const element of values) {
    const inner = anyValueSize(element, integers)
    size += 1 + varintSize(inner) + inner
  }
  return size
}

function int64Size(value: number): number {
  return value < 0 ? 10 : varintSize(value)
}

function writeAnyValue(out: ProtobufWriter, value: StoredValue | null, integers: boolean): void {
  switch (typeof value) {
    case 'string':
      out.byte(STRING)
      out.string(value)
      return
    case 'boolean':
      out.byte(BOOL)
      out.byte(value ? 1 : 0)
      return
    case 'number':
      writeNumber(out, value, integers)
      return
    case 'bigint':
      out.byte(INT)
      out.bigint64(value)
      return
    default:
      if (value !== null) writeArray(out, value, integers)
  }
}

function writeNumber(out: ProtobufWriter, value: number, integers: boolean): void {
  if (integers && isInt64(value)) {
    out.byte(INT)
    out.int64(value)
  } else {
    out.byte(DOUBLE)
    // -0 is 0 here too.
    out.double(value + 0)
  }
}

function writeArray(out: ProtobufWriter, values: readonly StoredElement[], integers: boolean): void {
  out.byte(ARRAY)
  out.varint(arraySize(values, integers))
  for (const element of values) {
    out.byte(ELEMENT)
    out.varint(anyValueSize(element, integers))
    writeAnyValue(out, element, integers)
  }
}

/** Whether the numbers of an array may be integers: one fraction makes all of them doubles. */
function allIntegers(value: StoredValue): boolean {
  if (typeof value !== 'object') return true
  for (const element of value) if (typeof element === 'number' && !isInt64(element)) return false
  return true
}
