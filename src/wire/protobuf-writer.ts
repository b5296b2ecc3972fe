import { varintSize } from './varint.ts'

/** Protobuf wire types (encoding spec, "Message structure"). */
export const VARINT = 0
export const FIXED64 = 1
export const LENGTH_DELIMITED = 2
export const FIXED32 = 5

/** Strings up to here are cheaper to copy in a loop than to hand to the runtime (8 characters: 21 ns against 80). */
export const LOOP_CHARACTERS = 36

const TWO_32 = 0x100000000

/** A stretch of memory with the three views that a writer needs of it. */
export interface ByteTarget {
  readonly bytes: Uint8Array
  readonly view: DataView
  /** The same memory as a Buffer, for its native UTF-8 writer. */
  readonly text: Buffer
}

export function byteTarget(memory: ArrayBufferLike): ByteTarget {
  return { bytes: new Uint8Array(memory), view: new DataView(memory), text: Buffer.from(memory as ArrayBuffer) }
}

/**
 * Writes protobuf fields at `position` of the memory it is aimed at.
 * It does not check for room: the caller has made sure of an upper bound beforehand.
 */
export class ProtobufWriter {
  bytes: Uint8Array
  view: DataView
  text: Buffer
  position = 0

  constructor(target: ByteTarget) {
    this.bytes = target.bytes
    this.view = target.view
    this.text = target.text
  }

  aim(target: ByteTarget, position: number): void {
    this.bytes = target.bytes
    this.view = target.view
    this.text = target.text
    this.position = position
  }

  byte(value: number): void {
    this.bytes[this.position++] = value
  }

  /** A whole number from 0 to 2^53; for a tag: field number << 3 | wire type. */
  varint(value: number): void {
    if (value < 0x80) {
      this.bytes[this.position++] = value
      return
    }
    this.longVarint(value)
  }

  private longVarint(value: number): void {
    const bytes = this.bytes
    let rest = value
    while (rest >= 0x80) {
      bytes[this.position++] = (rest & 0x7f) | 0x80
      rest = rest < TWO_32 ? rest >>> 7 : Math.floor(rest / 0x80)
    }
    bytes[this.position++] = rest
  }

  /** Two's complement in 64 bits, as int64 has it: negative numbers take ten bytes. */
  int64(value: number): void {
    if (value >= 0 && value < TWO_32) this.varint(value)
    else this.words64(value >>> 0, Math.floor(value / TWO_32) | 0)
  }

  bigint64(value: bigint): void {
    this.words64(Number(BigInt.asUintN(32, value)), Number(BigInt.asIntN(32, value >> 32n)))
  }

  private words64(low: number, high: number): void {
    let rest = low
    let upper = high
    while (upper !== 0 || rest >= 0x80) {
      this.bytes[this.position++] = (rest & 0x7f) | 0x80
      rest = ((rest >>> 7) | (upper << 25)) >>> 0
      upper >>>= 7
    }
    this.bytes[this.position++] = rest
  }

  fixed32(value: number): void {
    this.view.setInt32(this.position, value, true)
    this.position += 4
  }

  /** The 64-bit number whose low and high words are given. */
  fixed64(low: number, high: number): void {
    this.view.setInt32(this.position, low, true)
    this.view.setInt32(this.position + 4, high, true)
    this.position += 8
  }

  double(value: number): void {
    this.view.setFloat64(this.position, value, true)
    this.position += 8
  }

  /** Raw bytes without a length. */
  raw(source: Uint8Array): void {
    const length = source.length
    if (length > 64) {
      this.bytes.set(source, this.position)
    } else {
      const { bytes, position } = this
      for (let i = 0; i < length; i++) bytes[position + i] = source[i]!
    }
    this.position += length
  }

  /** A length-delimited string: varint length, then UTF-8, lone surrogates as U+FFFD. */
  string(value: string): void {
    if (value.length <= LOOP_CHARACTERS && this.asciiString(value)) return
    const size = utf8Size(value)
    this.varint(size)
    this.position += this.text.write(value, this.position, size, 'utf8')
  }

  /** As `string`, for up to LOOP_CHARACTERS of ASCII; anything else leaves `position` as it was and answers false. */
  asciiString(value: string): boolean {
    const { bytes, position } = this
    const length = value.length
    bytes[position] = length
    let seen = 0
    for (let i = 0; i < length; i++) {
      const code = value.charCodeAt(i)
      seen |= code
      bytes[position + 1 + i] = code
    }
    if (seen > 0x7f) return false
    this.position = position + 1 + length
    return true
  }

  /**
   * Reserves `lengthSize` bytes for the length of what is written next and gives the mark for `close`.
   * A wrong guess is corrected by moving the content.
   */
  open(lengthSize: number): number {
    const mark = this.position
    this.position = mark + lengthSize
    return mark
  }

  close(mark: number, lengthSize: number): void {
    const start = mark + lengthSize
    const length = this.position - start
    const size = varintSize(length)
    if (size !== lengthSize) this.bytes.copyWithin(mark + size, start, this.position)
    this.position = mark
    this.varint(length)
    this.position = mark + size + length
  }
}

/** Bytes of `value` in UTF-8, a lone surrogate counting as U+FFFD. */
export function utf8Size(value: string): number {
  return Buffer.byteLength(value, 'utf8')
}
