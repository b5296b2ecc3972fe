import { writeSync } from 'node:fs'

const STDERR = 2

/** PIPE_BUF on Linux: up to here a full pipe takes all of a write or nothing. Only a longer line can be cut. */
const MAX_WRITE_BYTES = 4096

/** How long a reader that does not read may hold us up, for all of one text. */
const MAX_WAITS = 100
const WAIT_MS = 1

const sleeper = new Int32Array(new SharedArrayBuffer(4))

/**
 * Writes text that ends in a newline to stderr, synchronously and as whole lines. Never throws. Returns how many lines
 * could not be written because the reader is too slow or gone.
 */
export function writeStderr(text: string): number {
  const pieces = wholeLinePieces(text)
  const patience = { waitsLeft: MAX_WAITS }
  const failedAt = pieces.findIndex(piece => !writeAll(Buffer.from(piece), patience))
  return failedAt === -1 ? 0 : countLines(pieces.slice(failedAt))
}

/** False when the reader is gone, or behind and no waits are left. */
function writeAll(bytes: Buffer, patience: { waitsLeft: number }): boolean {
  let written = 0
  while (written < bytes.length) {
    const count = tryWrite(bytes, written)
    if (count === 'failed') return false
    if (count !== 'full') {
      written += count
      continue
    }
    if (patience.waitsLeft-- === 0) return false
    Atomics.wait(sleeper, 0, 0, WAIT_MS)
  }
  return true
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

/** `full` is a pipe in non-blocking mode whose reader is behind. */
function tryWrite(bytes: Buffer, from: number): number | 'full' | 'failed' {
  try {
    return writeSync(STDERR, bytes, from)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EAGAIN' ? 'full' : 'failed'
  }
}
