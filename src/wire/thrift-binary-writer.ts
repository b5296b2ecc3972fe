import { GrowingBytes } from './growing-bytes.ts'
import { utf8Size } from './protobuf-writer.ts'
import type { ThriftWriter } from './thrift-writer.ts'
import { highWord, lowWord } from './words.ts'

/** Version 1 in the strict form, and the type of the message in the last byte. */
const STRICT_ONEWAY = 0x80010004
const STOP = 0

const BOOL = 2
const DOUBLE = 4
const I32 = 8
const I64 = 10
const BINARY = 11
const STRUCT = 12
const LIST = 15

/** Thrift's binary protocol (`thrift-binary-protocol.md`): fixed sizes, big-endian. */
export class ThriftBinaryWriter implements ThriftWriter {
  readonly out: GrowingBytes

  constructor(capacity: number) {
    this.out = new GrowingBytes(capacity)
  }

  oneway(method: string): void {
    this.out.int32(STRICT_ONEWAY)
    this.bareText(method)
    this.out.int32(0)
  }

  begin(): void {}

  end(): void {
    this.out.byte(STOP)
  }

  listHeadSize(): number {
    return 5
  }

  struct(id: number): void {
    this.field(id, STRUCT)
  }

  structs(id: number, count: number): void {
    this.field(id, LIST)
    this.out.byte(STRUCT)
    this.out.int32(count)
  }

  bool(id: number, value: boolean): void {
    this.field(id, BOOL)
    this.out.byte(value ? 1 : 0)
  }

  i32(id: number, value: number): void {
    this.field(id, I32)
    this.out.int32(value)
  }

  i64(id: number, value: number | bigint): void {
    this.words(id, highWord(value), lowWord(value))
  }

  words(id: number, high: number, low: number): void {
    this.field(id, I64)
    this.out.int32(high)
    this.out.int32(low)
  }

  double(id: number, value: number): void {
    this.field(id, DOUBLE)
    this.out.double(value, false)
  }

  text(id: number, value: string): void {
    this.field(id, BINARY)
    this.bareText(value)
  }

  binary(id: number, value: Uint8Array): void {
    this.field(id, BINARY)
    this.out.int32(value.length)
    this.out.raw(value)
  }

  private field(id: number, type: number): void {
    this.out.byte(type)
    this.out.int16(id)
  }

  private bareText(value: string): void {
    const size = utf8Size(value)
    this.out.int32(size)
    this.out.text(value, size)
  }
}
