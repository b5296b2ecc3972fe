import { GrowingBytes } from './growing-bytes.ts'
import { utf8Size } from './protobuf-writer.ts'
import type { ThriftWriter } from './thrift-writer.ts'
import { varintSize } from './varint.ts'
import { highWord, lowWord } from './words.ts'

const PROTOCOL_ID = 0x82
const VERSION = 1
const ONEWAY = 4
const STOP = 0

const TRUE = 1
const FALSE = 2
const I32 = 5
const I64 = 6
const DOUBLE = 7
const BINARY = 8
const LIST = 9
const STRUCT = 12

/** Up to here the count of a list, and the distance between two field ids, fits beside a type. */
const MAX_SHORT_COUNT = 14
const MAX_SHORT_DELTA = 15

/** Thrift's compact protocol (`thrift-compact-protocol.md`); doubles are little-endian, as all its implementations have it. */
export class ThriftCompactWriter implements ThriftWriter {
  readonly out: GrowingBytes
  /** Of the struct that was begun last; field ids are written as the distance from it. */
  private previousId = 0
  private readonly outerIds: number[] = []

  constructor(capacity: number) {
    this.out = new GrowingBytes(capacity)
  }

  oneway(method: string): void {
    this.out.byte(PROTOCOL_ID)
    this.out.byte((ONEWAY << 5) | VERSION)
    this.out.varint(0)
    this.bareText(method)
  }

  begin(): void {
    this.outerIds.push(this.previousId)
    this.previousId = 0
  }

  end(): void {
    this.out.byte(STOP)
    this.previousId = this.outerIds.pop()!
  }

  listHeadSize(count: number): number {
    return count <= MAX_SHORT_COUNT ? 1 : 1 + varintSize(count)
  }

  struct(id: number): void {
    this.field(id, STRUCT)
    this.begin()
  }

  structs(id: number, count: number): void {
    this.field(id, LIST)
    if (count <= MAX_SHORT_COUNT) {
      this.out.byte((count << 4) | STRUCT)
    } else {
      this.out.byte(0xf0 | STRUCT)
      this.out.varint(count)
    }
  }

  /** The type is the value. */
  bool(id: number, value: boolean): void {
    this.field(id, value ? TRUE : FALSE)
  }

  i32(id: number, value: number): void {
    this.field(id, I32)
    this.out.varint((value << 1) ^ (value >> 31))
  }

  i64(id: number, value: number | bigint): void {
    this.words(id, highWord(value), lowWord(value))
  }

  words(id: number, high: number, low: number): void {
    this.field(id, I64)
    const sign = high >> 31
    this.out.varint((low << 1) ^ sign, ((high << 1) | (low >>> 31)) ^ sign)
  }

  double(id: number, value: number): void {
    this.field(id, DOUBLE)
    this.out.double(value, true)
  }

  text(id: number, value: string): void {
    this.field(id, BINARY)
    this.bareText(value)
  }

  binary(id: number, value: Uint8Array): void {
    this.field(id, BINARY)
    this.out.varint(value.length)
    this.out.raw(value)
  }

  private field(id: number, type: number): void {
    const delta = id - this.previousId
    this.previousId = id
    if (delta > 0 && delta <= MAX_SHORT_DELTA) {
      this.out.byte((delta << 4) | type)
    } else {
      this.out.byte(type)
      this.out.varint((id << 1) ^ (id >> 31))
    }
  }

  private bareText(value: string): void {
    const size = utf8Size(value)
    this.out.varint(size)
    this.out.text(value, size)
  }
}
