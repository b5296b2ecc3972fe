import { type WordBytes, wordBytes } from './word-bytes.ts'

/** Texts in a row that were new after which a key is taken to have a new one in every span. */
const MAX_MISSES = 64
const NOTHING: WordBytes = wordBytes(new Uint8Array(0))

/** Many keys have the same text in span after span. One that came twice running is kept with its whole attribute encoded. */
export class RepeatedText {
  text: string | undefined = undefined
  attribute: WordBytes = NOTHING
  private last: string | undefined = undefined
  private misses = 0

  /** Takes note of a text whose attribute has just been written from `start` to `end`. */
  notice(text: string, bytes: Uint8Array, start: number, end: number): void {
    if (this.misses > MAX_MISSES) return
    if (text === this.last) {
      this.text = text
      this.attribute = wordBytes(bytes.subarray(start, end))
    } else {
      this.last = text
      this.misses++
    }
  }
}
