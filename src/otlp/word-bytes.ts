import type { ProtobufWriter } from '../wire/protobuf-writer.ts'

/** Bytes that are written often, and so kept as doubles, too: these are copied by eights. */
export interface WordBytes {
  readonly bytes: Uint8Array
  /** Of `bytes`, which most who copy it need not touch for it. */
  readonly length: number
  /** The first word in the store; NOT_STORED where the bytes are copied one by one. */
  readonly word: number
}

export const NOT_STORED = -1

/** Room for the names, keys and repeated texts of a large program. Memory that nobody has written to costs nothing. */
const STORE_WORDS = 65_536

/** One array for all: it stays in the processor's nearest cache, where hundreds of small ones with their objects do not. */
const store = new Float64Array(STORE_WORDS)
const storeBytes = new Uint8Array(store.buffer)
let used = 0

export function wordBytes(bytes: Uint8Array): WordBytes {
  return { bytes: bytes.slice(), length: bytes.length, word: storeWords(bytes) }
}

/** Bytes that are written once or twice: not worth being kept as words. */
export function plainBytes(bytes: Uint8Array): WordBytes {
  return { bytes, length: bytes.length, word: NOT_STORED }
}

/** How many words so many bytes take. */
export function wordCount(bytes: number): number {
  return (bytes + 7) >>> 3
}

/** Keeps bytes from `word` on, by default behind all others, and gives `word`; NOT_STORED where that cannot be done. */
export function storeWords(bytes: Uint8Array, word: number = used): number {
  const end = word + wordCount(bytes.length)
  if (end > STORE_WORDS) return NOT_STORED
  storeBytes.fill(0, word * 8, end * 8)
  storeBytes.set(bytes, word * 8)
  // A number that is none may come out of a copy with other bits (ECMAScript, NumericToRawBytes).
  if (store.subarray(word, end).some(Number.isNaN)) return NOT_STORED
  used = Math.max(used, end)
  return word
}

/** Runs over by up to seven bytes, into what is written next or the slack of the bound. */
export function writeWords(out: ProtobufWriter, source: WordBytes): void {
  if (source.word === NOT_STORED) out.raw(source.bytes)
  else writeStored(out, source.word, source.length)
}

/** The same for `length` bytes that are in the store. */
export function writeStored(out: ProtobufWriter, word: number, length: number): void {
  const { view, position } = out
  for (let i = 0; 8 * i < length; i++) view.setFloat64(position + 8 * i, store[word + i]!, true)
  out.position = position + length
}
