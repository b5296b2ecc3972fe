import type { ProtobufWriter } from '../wire/protobuf-writer.ts'

/** Bytes that are written often and copied by fours, filled up to whole words. */
export interface WordBytes {
  readonly words: Int32Array
  readonly length: number
}

export function wordBytes(bytes: Uint8Array): WordBytes {
  const padded = new Uint8Array((bytes.length + 3) & ~3)
  padded.set(bytes)
  return { words: new Int32Array(padded.buffer), length: bytes.length }
}

/** Runs over by up to three bytes, into what is written next or the slack of the bound. */
export function writeWords(out: ProtobufWriter, { words, length }: WordBytes): void {
  const { view, position } = out
  for (let i = 0; i < words.length; i++) view.setInt32(position + 4 * i, words[i]!, true)
  out.position = position + length
}
