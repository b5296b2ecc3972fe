import { writeAll } from './write-all.ts'

const STDERR = 2

/** PIPE_BUF on Linux: up to here a full pipe takes all of a write or nothing. Only a longer line can be cut. */
const MAX_WRITE_BYTES = 4096

/** For all of one text. */
const MAX_WAITS = 100

/**
 * Writes text that ends in a newline to stderr, synchronously and as whole lines. Never throws. Returns how many lines
 * could not be written because the reader is too slow or gone.
 */
export function writeStderr(text: string): number {
  const pieces = wholeLinePieces(text)
  const patience = { waitsLeft: MAX_WAITS }
  const failedAt = pieces.findIndex(piece => writeAll(STDERR, Buffer.from(piece), patience).error !== undefined)
  return failedAt === -1 ? 0 : countLines(pieces.slice(failedAt))
}

/** Runs of lines that fit one write each; a line longer than that is a piece of its own. */
function wholeLinePieces(text: string): string[] {
  const pieces: string[] = []
  let piece = ''
  let pieceBytes = 0
  for (const line of lines(text)) {
    const lineBytes = Buffer.byteLength(line)
    if (piece !== '' && pieceBytes + lineBytes > MAX_WRITE_BYTES) {
      pieces.push(piece)
      piece = ''
      pieceBytes = 0
    }
    piece += line
    pieceBytes += lineBytes
  }
  if (piece !== '') pieces.push(piece)
  return pieces
}

/** The lines of a text, each with its newline. */
function lines(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? []
}

function countLines(pieces: readonly string[]): number {
  return pieces.reduce((count, piece) => count + lines(piece).length, 0)
}
