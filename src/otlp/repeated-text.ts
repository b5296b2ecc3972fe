import { NOT_STORED, storeWords, wordCount } from './word-bytes.ts'

/** Texts in a row that were new after which a key is taken to have a new one in every span. */
const MAX_MISSES = 64

/** Many keys have the same text in span after span. One that came twice running is kept with its whole attribute encoded. */
export class RepeatedText {
  text: string | undefined = undefined
  /** Of the attribute, in the store of words, and the bytes that it takes of the room that is kept there. */
  word: number = NOT_STORED
  length = 0
  private words = 0
  private last: string | undefined = undefined
  private misses = 0

  /** Takes note of a text whose attribute has just been written from `start` to `end`. */
  notice(text: string, bytes: Uint8Array, start: number, end: number): void {
    if (this.misses > MAX_MISSES) return
    if (text === this.last) this.keep(text, bytes.subarray(start, end))
    else {
      this.last = text
      this.misses++
    }
  }

  /** In the place of what was kept before, where that is large enough. */
  private keep(text: string, attribute: Uint8Array): void {
    // At the end of the stack any of these calls may throw, and then nothing is kept.
    this.text = undefined
    const words = wordCount(attribute.length)
    const fits = words <= this.words
    const word = storeWords(attribute, fits ? this.word : undefined)
    if (word === NOT_STORED) return
    this.word = word
    if (!fits) this.words = words
    this.length = attribute.length
    this.text = text
  }
}
