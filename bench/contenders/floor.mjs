import { randomFillSync } from 'node:crypto'

/** What no tracer can do without: two clock readings, 24 random bytes, and the bytes of a span in a shared segment. */
const ENCODED = new Uint8Array(240).fill(7)
const SEGMENT_BYTES = 256 * 1024

export function create() {
  const segment = new SharedArrayBuffer(SEGMENT_BYTES)
  const bytes = new Uint8Array(segment)
  const words = new Int32Array(segment)
  const random = new Int32Array(4096)
  const times = new BigInt64Array(2)
  let used = random.length
  let position = 64
  let folded = 0

  function one() {
    times[0] = process.hrtime.bigint()
    if (used + 6 > random.length) {
      randomFillSync(random)
      used = 0
    }
    for (let i = 0; i < 6; i++) folded ^= random[used++]
    times[1] = process.hrtime.bigint()
    if (position + ENCODED.length > SEGMENT_BYTES) position = 64
    bytes.set(ENCODED, position)
    position += ENCODED.length
    Atomics.store(words, 0, position)
  }

  function round(spans) {
    for (let i = 0; i < spans; i++) one()
    return folded
  }
  return { rounds: { plain: round, active: round }, flush: async () => {} }
}
