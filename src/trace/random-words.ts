const SYSTEM_SOURCE = '/dev/urandom'

type Fill = (words: Int32Array<ArrayBuffer>) => void

/** Undefined until it has been loaded. */
let fillByCrypto: Fill | undefined
let hasFilled = false

/**
 * Fills `words` with cryptographic random bytes. Loading node:crypto takes 3 ms, which many jobs never need: the first fill is
 * read from the system's generator, in 0.1 ms. From there 16 KiB take 50 µs, and 6 from node:crypto, so that a process which needs
 * a second fill loads that as soon as its event loop turns.
 */
export function fillWithRandom(words: Int32Array<ArrayBuffer>): void {
  if (fillByCrypto !== undefined || !readSystemSource(words)) {
    fillByCrypto ??= loadCrypto()
    fillByCrypto(words)
    return
  }
  if (hasFilled) setImmediate(() => (fillByCrypto ??= loadCrypto())).unref()
  hasFilled = true
}

function loadCrypto(): Fill {
  return process.getBuiltinModule('node:crypto').randomFillSync
}

/** False where there is no such file, or it may not be read. */
function readSystemSource(words: Int32Array<ArrayBuffer>): boolean {
  const { closeSync, openSync, readSync } = process.getBuiltinModule('node:fs')
  try {
    const file = openSync(SYSTEM_SOURCE, 'r')
    try {
      return readSync(file, words) === words.byteLength
    } finally {
      closeSync(file)
    }
  } catch {
    return false
  }
}
