import type { ProtobufWriter } from '../wire/protobuf-writer.ts'

/** Bytes that are written often, and so kept as doubles, too: these are copied by eights. */
export interface WordBytes {
  readonly bytes: Uint8Array
  /** The same bytes, filled up to whole words. Empty where they are copied one by one. */
  readonly words: Float64Array
}

const NO_WORDS = new Float64Array(0)

export function wordBytes(bytes: Uint8Array): WordBytes {
  const memory = new ArrayBuffer((bytes.length + 7) & ~7)
  const copy = new Uint8Array(memory, 0, bytes.length)
  copy.set(bytes)
  const words = new Float64Array(memory)
  // A number that is none may come out of a copy with other bits (ECMAScript, NumericToRawBytes).
  return { bytes: copy, words: words.some(Number.isNaN) ? NO_WORDS : words }
}

/** Bytes that are written once or twice: not worth being kept as words. */
export function plainBytes(bytes: Uint8Array): WordBytes {
  return { bytes, words: NO_WORDS }
}

/** Runs over by up to seven bytes, into what is written next or the slack of the bound. */
export function writeWords(out: ProtobufWriter, { bytes, words }: WordBytes): void {
  const count = words.length
  if (count === 0) {
    out.raw(bytes)
    return
  }
  const { view, position } = out
  for (let i = 0; i < count; i++) view.setFloat64(position + 8 * i, words[i]!, true)
  out.position = position + bytes.length
}
