import { NOT_STORED, storeWords, wordCount } from './word-bytes.ts'

/** Texts in a row that were new after which a key is taken to have a new one in every span. */
const MAX_MISSES = 64

/** Many keys have the same text in span after span. One that came twice running is kept with its whole attribute encoded. */
export class RepeatedText {
  text: string | undefined = undefined
  /** Of the attribute, in the store of words. */
  word: number = NOT_STORED
  length = 0
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
    const fits = this.word !== NOT_STORED && wordCount(attribute.length) <= wordCount(this.length)
    this.word = storeWords(attribute, fits ? this.word : undefined)
    this.length = attribute.length
    this.text = this.word === NOT_STORED ? undefined : text
  }
}
