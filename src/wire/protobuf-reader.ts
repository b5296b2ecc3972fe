import { FIXED32, FIXED64, LENGTH_DELIMITED, VARINT } from './protobuf-writer.ts'

/** A 64-bit varint takes at most ten groups of seven bits. */
const MAX_VARINT_BITS = 70
const TWO_TO_32 = 4_294_967_296

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true })
const scratch = new DataView(new ArrayBuffer(8))

/**
 * Walks the fields of one protobuf message: `next()`, then one value method or `skip()`, until `next()` is false.
 * Every method throws a RangeError that names the offset when the bytes are cut short or malformed, and a value method
 * also when the field has another wire type.
 */
export class ProtobufReader {
  /** Number of the current field; 0 before the first. */
  field = 0
  wireType = 0
  private readonly data: Uint8Array
  private readonly end: number
  private offset: number
  /** The two halves of the last varint or fixed64, as int32. */
  private low = 0
  private high = 0

  /** Reads `bytes` from `start` up to, and without, `end`. */
  constructor(bytes: Uint8Array, start = 0, end: number = bytes.length) {
    if (!(start >= 0 && start <= end && end <= bytes.length)) {
      throw new RangeError(`cannot read bytes ${start} to ${end} of ${bytes.length}`)
    }
    this.data = bytes
    this.offset = start
    this.end = end
  }

  /** Advances to the next field; false at the end. */
  next(): boolean {
    if (this.offset === this.end) return false
    const start = this.offset
    const tag = this.readVarint()
    this.field = Math.floor(tag / 8)
    this.wireType = tag & 7
    if (this.field === 0 || tag >= TWO_TO_32) throw new RangeError(`no valid field number at offset ${start}`)
    return true
  }

  /** An unsigned number, exact up to 2^53. */
  varint(): number {
    this.expect(VARINT)
    return this.readVarint()
  }

  /** A 64-bit integer in two's complement. */
  int64(): bigint {
    this.expect(VARINT)
    this.readVarintHalves()
    return (BigInt(this.high) << 32n) | BigInt(this.low >>> 0)
  }

  /** An unsigned 64-bit integer. */
  fixed64(): bigint {
    this.expect(FIXED64)
    this.readFixed64Halves()
    return (BigInt(this.high >>> 0) << 32n) | BigInt(this.low >>> 0)
  }

  /** An unsigned 32-bit integer. */
  fixed32(): number {
    this.expect(FIXED32)
    return this.readInt32() >>> 0
  }

  double(): number {
    this.expect(FIXED64)
    this.readFixed64Halves()
    scratch.setInt32(0, this.low, true)
    scratch.setInt32(4, this.high, true)
    return scratch.getFloat64(0, true)
  }

  /** A view of the constructor's bytes, not a copy. */
  bytes(): Uint8Array {
    const start = this.enterLengthDelimited()
    return this.data.subarray(start, this.offset)
  }

  /** UTF-8 text; malformed sequences become U+FFFD. */
  text(): string {
    const start = this.enterLengthDelimited()
    return start === this.offset ? '' : utf8.decode(this.data.subarray(start, this.offset))
  }

  /** A reader of the nested message; this one goes on behind it. */
  message(): ProtobufReader {
    const start = this.enterLengthDelimited()
    return new ProtobufReader(this.data, start, this.offset)
  }

  /** Passes over the value of the current field. */
  skip(): void {
    if (this.wireType === VARINT) this.readVarintHalves()
    else if (this.wireType === FIXED64) this.advance(8)
    else if (this.wireType === LENGTH_DELIMITED) this.enterLengthDelimited()
    else if (this.wireType === FIXED32) this.advance(4)
    else throw new RangeError(`field ${this.field} has unknown wire type ${this.wireType} at offset ${this.offset}`)
  }

  private expect(wireType: number): void {
    if (this.wireType === wireType) return
    const found = `has wire type ${this.wireType} instead of ${wireType}`
    throw new RangeError(`field ${this.field} ${found} at offset ${this.offset}`)
  }

  /** Moves behind a length-delimited value and returns where it starts. */
  private enterLengthDelimited(): number {
    this.expect(LENGTH_DELIMITED)
    return this.advance(this.readVarint())
  }

  /** Moves on by `count` bytes and returns the offset before. */
  private advance(count: number): number {
    const start = this.offset
    const left = this.end - start
    if (count > left) throw new RangeError(`${count} bytes expected at offset ${start}, ${left} left`)
    this.offset = start + count
    return start
  }

  private readVarint(): number {
    const first = this.data[this.offset]
    if (first !== undefined && first < 0x80 && this.offset < this.end) {
      this.offset++
      return first
    }
    this.readVarintHalves()
    return (this.high >>> 0) * TWO_TO_32 + (this.low >>> 0)
  }

  /** Bits beyond the 64th are ignored, as protobuf has it. */
  private readVarintHalves(): void {
    const start = this.offset
    this.low = 0
    this.high = 0
    for (let shift = 0; shift < MAX_VARINT_BITS; shift += 7) {
      const byte = this.data[this.advance(1)]!
      const bits = byte & 0x7f
      if (shift < 32) this.low |= bits << shift
      if (shift > 28) this.high |= bits << (shift - 32)
      else if (shift === 28) this.high |= bits >>> 4
      if (byte < 0x80) return
    }
    throw new RangeError(`varint longer than 10 bytes at offset ${start}`)
  }

  private readFixed64Halves(): void {
    this.low = this.readInt32()
    this.high = this.readInt32()
  }

  private readInt32(): number {
    const at = this.advance(4)
    const data = this.data
    return data[at]! | (data[at + 1]! << 8) | (data[at + 2]! << 16) | (data[at + 3]! << 24)
  }
}
