import { writeAll } from './write-all.ts'

const STDERR = 2

/** PIPE_BUF on Linux: up to here a full pipe takes all of a write or nothing. Only a longer text can be cut. */
const MAX_WRITE_BYTES = 4096

/** For all texts together. */
const MAX_WAITS = 100

/**
 * Writes texts, each of whole lines, to stderr; synchronously, and never throws. Returns how many of them could not be
 * written because the reader is too slow or gone: the last ones.
 */
export function writeStderr(texts: readonly string[]): number {
  const patience = { waitsLeft: MAX_WAITS }
  let written = 0
  for (const { text, count } of piecesOf(texts)) {
    if (writeAll(STDERR, Buffer.from(text), patience).error !== undefined) break
    written += count
  }
  return texts.length - written
}

/** Runs of texts that fit one write each; one that is longer stands alone. */
function* piecesOf(texts: readonly string[]): Generator<{ readonly text: string; readonly count: number }, undefined> {
  let run: string[] = []
  let runBytes = 0
  for (const text of texts) {
    const bytes = Buffer.byteLength(text)
    if (run.length > 0 && runBytes + bytes > MAX_WRITE_BYTES) {
      yield { text: run.join(''), count: run.length }
      run = []
      runBytes = 0
    }
    run.push(text)
    runBytes += bytes
  }
  yield { text: run.join(''), count: run.length }
}
