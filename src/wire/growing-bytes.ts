/** Strings up to here are cheaper to copy in a loop than to hand to the runtime. */
const LOOP_CHARACTERS = 36

/** Bytes that are written one after another into memory that grows as needed. */
export class GrowingBytes {
  /** Where the next byte goes. */
  position = 0
  private memory: Buffer
  private view: DataView

  constructor(capacity: number) {
    this.memory = Buffer.allocUnsafeSlow(capacity)
    this.view = viewOf(this.memory)
  }

  /** The bytes written from `start` to `end`: no copy, and valid until more is written. */
  slice(start = 0, end: number = this.position): Uint8Array {
    return this.memory.subarray(start, end)
  }

  /** Forgets the first `count` bytes; the others move to the beginning. */
  dropFirst(count: number): void {
    this.memory.copyWithin(0, count, this.position)
    this.position -= count
  }

  byte(value: number): void {
    const at = this.take(1)
    this.memory[at] = value
  }

  int16(value: number): void {
    const at = this.take(2)
    this.view.setInt16(at, value)
  }

  int32(value: number): void {
    const at = this.take(4)
    this.view.setInt32(at, value)
  }

  double(value: number, littleEndian: boolean): void {
    const at = this.take(8)
    this.view.setFloat64(at, value, littleEndian)
  }

  raw(source: Uint8Array): void {
    const at = this.take(source.length)
    this.memory.set(source, at)
  }

  /** UTF-8, lone surrogates as U+FFFD. `size` is that of `utf8Size`. */
  text(value: string, size: number): void {
    const at = this.take(size)
    // As many bytes as characters: all of it is ASCII.
    if (size === value.length && size <= LOOP_CHARACTERS) {
      for (let i = 0; i < size; i++) this.memory[at + i] = value.charCodeAt(i)
    } else this.memory.write(value, at, size, 'utf8')
  }

  /** Base-128, the lowest seven bits first, of an unsigned 64-bit number in two words of 32 bits. */
  varint(low: number, high = 0): void {
    let rest = low >>> 0
    let upper = high >>> 0
    while (upper !== 0 || rest >= 0x80) {
      this.byte((rest & 0x7f) | 0x80)
      rest = ((rest >>> 7) | (upper << 25)) >>> 0
      upper >>>= 7
    }
    this.byte(rest)
  }

  /** Makes room for `count` bytes and answers where they begin; what has been read of `memory` before is out of date. */
  private take(count: number): number {
    const start = this.position
    const end = start + count
    if (end > this.memory.length) this.grow(end)
    this.position = end
    return start
  }

  private grow(needed: number): void {
    const memory = Buffer.allocUnsafeSlow(Math.max(needed, 2 * this.memory.length))
    this.memory.copy(memory)
    this.memory = memory
    this.view = viewOf(memory)
  }
}

function viewOf(memory: Buffer): DataView {
  return new DataView(memory.buffer, memory.byteOffset, memory.byteLength)
}
