import { LOOP_CHARACTERS, type ProtobufWriter } from '../wire/protobuf-writer.ts'
import { varintSize } from '../wire/varint.ts'
import { encodeKeyField } from './attributes.ts'
import { ANY_VALUE, KEY_VALUE, SPAN } from './fields.ts'
import { RepeatedText } from './repeated-text.ts'
import { type StoredValue, writeKeyValue } from './values.ts'
import { NOT_STORED, storeWords, writeStored } from './word-bytes.ts'

const ATTRIBUTE = (SPAN.attributes << 3) | 2
const VALUE = (KEY_VALUE.value << 3) | 2
const STRING = (ANY_VALUE.stringValue << 3) | 2
const BOOL = ANY_VALUE.boolValue << 3
const INT = ANY_VALUE.intValue << 3

/** The largest numbers that take one byte, and two. */
const ONE_BYTE = 0x7f
const TWO_BYTES = 0x3fff
/** Tag, length and number of a small integer, with the length byte of the value. */
const SMALL_VALUE_BYTES = 8

/** A key of span attributes, with everything encoded that stands in front of its values. */
export class AttributeKey {
  readonly key: string
  /** `KeyValue.key`, the whole field. */
  readonly field: Uint8Array
  /** Length and first word of the prefix: tag of the attribute, a byte for its length, the key, tag of the value. */
  readonly prefixLength: number
  readonly prefixWord: number
  /** Whether the prefix is there and leaves the lengths of short values one byte. */
  readonly isShort: boolean
  readonly repeated: RepeatedText = new RepeatedText()

  /** `kept`: for more than one span. */
  constructor(key: string, kept: boolean) {
    this.key = key
    this.field = encodeKeyField(key)
    this.prefixLength = this.field.length + 3
    const mayBeShort = kept && this.prefixLength + SMALL_VALUE_BYTES <= ONE_BYTE
    this.prefixWord = mayBeShort ? storeWords(prefixOf(this.field)) : NOT_STORED
    this.isShort = this.prefixWord !== NOT_STORED
  }
}

/** Not spread into arguments: a key may be longer than the stack is deep. */
function prefixOf(field: Uint8Array): Uint8Array {
  const prefix = new Uint8Array(field.length + 3)
  prefix[0] = ATTRIBUTE
  prefix.set(field, 2)
  prefix[field.length + 2] = VALUE
  return prefix
}

/** One `Span.attributes` field. The values that most attributes have go a short way. */
export function writeAttribute(out: ProtobufWriter, key: AttributeKey, value: StoredValue): void {
  if (typeof value === 'string') {
    const { repeated } = key
    if (value === repeated.text) writeStored(out, repeated.word, repeated.length)
    else if (!writeShortText(out, key, value)) writeKeyValue(out, ATTRIBUTE, key.field, value)
  } else if (key.isShort && typeof value === 'number' && (value | 0) === value && value >= 0) {
    writeInteger(out, key, value)
  } else if (key.isShort && typeof value === 'boolean') {
    writeStart(out, key, 2, BOOL | (value ? 1 << 8 : 0))
  } else {
    writeKeyValue(out, ATTRIBUTE, key.field, value)
  }
}

function writeInteger(out: ProtobufWriter, key: AttributeKey, value: number): void {
  if (value <= ONE_BYTE) writeStart(out, key, 2, INT | (value << 8))
  else if (value <= TWO_BYTES) writeStart(out, key, 3, INT | (((value & 0x7f) | 0x80) << 8) | ((value >>> 7) << 16))
  else {
    const size = 1 + varintSize(value)
    writeStart(out, key, size, INT)
    out.position -= size - 1
    out.varint(value)
  }
}

/**
 * The attribute with an AnyValue of `size` bytes, of which the first three at most come as one number; further ones are to be
 * written by the caller. Runs over by a byte, into what is written next or the slack of the bound.
 */
function writeStart(out: ProtobufWriter, key: AttributeKey, size: number, first: number): void {
  const { view, position: start } = out
  const { prefixLength } = key
  writeStored(out, key.prefixWord, prefixLength)
  view.setUint8(start + 1, prefixLength - 1 + size)
  view.setInt32(start + prefixLength, size | (first << 8), true)
  out.position = start + prefixLength + 1 + size
}

/** A short ASCII text; otherwise writes nothing and answers false. */
function writeShortText(out: ProtobufWriter, key: AttributeKey, value: string): boolean {
  const { length } = value
  if (!key.isShort || length > LOOP_CHARACTERS || key.prefixLength + 1 + length > ONE_BYTE) return false
  const start = out.position
  writeStart(out, key, length + 2, STRING)
  out.position -= length + 1
  if (!out.asciiString(value)) {
    out.position = start
    return false
  }
  key.repeated.notice(value, out.bytes, start, out.position)
  return true
}
