const WAIT_MS = 1
const sleeper = new Int32Array(new SharedArrayBuffer(4))

/** How often a reader that is behind may be waited for, 1 ms each time. */
export interface Patience {
  waitsLeft: number
}

export interface WriteResult {
  /** All of the bytes unless there is an error. */
  readonly written: number
  /** EAGAIN where the reader of a pipe was behind until `patience` was at its end. */
  readonly error?: NodeJS.ErrnoException
}

/** Writes to a file or, in non-blocking mode, to a pipe; synchronously. Never throws. */
export function writeAll(fd: number, bytes: Uint8Array, patience: Patience): WriteResult {
  let written = 0
  while (written < bytes.length) {
    try {
      written += process.getBuiltinModule('node:fs').writeSync(fd, bytes, written)
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      if (code !== 'EAGAIN' || patience.waitsLeft-- <= 0) return { written, error: error as NodeJS.ErrnoException }
      Atomics.wait(sleeper, 0, 0, WAIT_MS)
    }
  }
  return { written }
}
