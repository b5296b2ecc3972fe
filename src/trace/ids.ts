import { fillWithRandom } from './random-words.ts'

/**
 * Ids are kept as little-endian 32-bit words until somebody asks for their text: eager hex costs 234 ns and 800 bytes a span.
 * The words come from a pool of cryptographic random bytes; 16 KiB, since a pool of 1 KiB costs 54 ns a span in refills.
 */
export const randomWords: Int32Array<ArrayBuffer> = new Int32Array(4096)

let used = randomWords.length

/** Index in `randomWords` of `count` words that nobody has used. None of them is zero, so no id is. */
export function takeRandomWords(count: number): number {
  if (used + count > randomWords.length) fillRandomWords()
  const index = used
  used += count
  return index
}

export function fillRandomWords(): void {
  fillWithRandom(randomWords)
  for (let zero = randomWords.indexOf(0); zero >= 0; zero = randomWords.indexOf(0, zero)) randomWords[zero] = 1
  used = 0
}

/** The two digits of each byte, made for the first id that somebody reads: many processes read none. */
let hex: readonly string[] | undefined

function createHex(): readonly string[] {
  const digits = [...'0123456789abcdef']
  return digits.flatMap(high => digits.map(low => high + low))
}

/** Eight hex digits of one word, in the order of its bytes. */
export function wordToHex(word: number): string {
  hex ??= createHex()
  return hex[word & 255]! + hex[(word >>> 8) & 255]! + hex[(word >>> 16) & 255]! + hex[word >>> 24]!
}

/** The word whose hex digits stand at `start`. */
export function wordFromHex(hex: string, start: number): number {
  return swapBytes(Number.parseInt(hex.slice(start, start + 8), 16))
}

export function swapBytes(word: number): number {
  return ((word & 255) << 24) | ((word & 0xff00) << 8) | ((word >>> 8) & 0xff00) | (word >>> 24)
}

export function hexToBytes(hex: string): Uint8Array {
  return Uint8Array.from({ length: hex.length / 2 }, (_, i) => Number.parseInt(hex.slice(2 * i, 2 * i + 2), 16))
}
