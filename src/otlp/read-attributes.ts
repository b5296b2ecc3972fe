import type { ViewAttributes, ViewValue } from '../types/exporter.ts'
import type { ProtobufReader } from '../wire/protobuf-reader.ts'
import { ANY_VALUE, ARRAY_VALUE, KEY_VALUE, KEY_VALUE_LIST } from './fields.ts'

/** Arrays and maps around a value; a value that lies deeper reads as empty. Our own encoder uses one. */
export const MAX_VALUE_DEPTH = 64

/** Collects attributes; without a prototype, so that `__proto__` is a key like any other. */
export type AttributeRecord = { [key: string]: ViewValue }

export function attributeRecord(): AttributeRecord {
  return Object.create(null) as AttributeRecord
}

/** The rest of a message whose field `field` is a repeated KeyValue; its other fields are skipped. */
export function readAttributes(reader: ProtobufReader, field: number): ViewAttributes {
  return readEntries(reader, field, 0)
}

/** Adds one KeyValue; a key that comes again replaces the value. */
export function readAttribute(reader: ProtobufReader, into: AttributeRecord): void {
  readEntry(reader, into, 0)
}

function readEntries(reader: ProtobufReader, field: number, depth: number): AttributeRecord {
  const entries = attributeRecord()
  while (reader.next()) {
    if (reader.field === field) readEntry(reader.message(), entries, depth)
    else reader.skip()
  }
  return entries
}

function readEntry(reader: ProtobufReader, into: AttributeRecord, depth: number): void {
  let key = ''
  let value: ViewValue = null
  while (reader.next()) {
    if (reader.field === KEY_VALUE.key) key = reader.text()
    else if (reader.field === KEY_VALUE.value) value = readValue(reader.message(), depth)
    else reader.skip()
  }
  into[key] = value
}

/** AnyValue is a oneof: the last member counts, and none at all is `null`. */
function readValue(reader: ProtobufReader, depth: number): ViewValue {
  let value: ViewValue = null
  while (reader.next()) {
    if (depth > MAX_VALUE_DEPTH) reader.skip()
    else value = readMember(reader, value, depth)
  }
  return value
}

function readMember(reader: ProtobufReader, before: ViewValue, depth: number): ViewValue {
  switch (reader.field) {
    case ANY_VALUE.stringValue:
      return reader.text()
    case ANY_VALUE.boolValue:
      return reader.varint() !== 0
    case ANY_VALUE.intValue:
      return exactInteger(reader.int64())
    case ANY_VALUE.doubleValue:
      return reader.double()
    case ANY_VALUE.arrayValue:
      return readArray(reader.message(), depth + 1)
    case ANY_VALUE.kvlistValue:
      return readEntries(reader.message(), KEY_VALUE_LIST.values, depth + 1)
    case ANY_VALUE.bytesValue:
      return new Uint8Array(reader.bytes())
    default:
      reader.skip()
      return before
  }
}

function readArray(reader: ProtobufReader, depth: number): ViewValue[] {
  const values: ViewValue[] = []
  while (reader.next()) {
    if (reader.field === ARRAY_VALUE.values) values.push(readValue(reader.message(), depth))
    else reader.skip()
  }
  return values
}

function exactInteger(value: bigint): number | bigint {
  const number = Number(value)
  return Number.isSafeInteger(number) ? number : value
}
