import type { ProtobufWriter } from '../../src/wire/protobuf-writer.ts'
import { varintSize } from '../../src/wire/varint.ts'

/** A run of the ring check: which records there are follows from `seed` alone. */
export interface RingRun {
  readonly seed: number
  readonly records: number
  readonly maxBytes: number
}

/** The ticket by which the consumer says that it takes nothing more. */
export const ENDED = 1

/** One in this many records takes more than half a segment, and one in this many more than the budget. */
const LARGE_EVERY = 50_000
const OVERSIZED_EVERY = 200_000

/** The payload bytes of record `index`: mostly that of a span without attributes, now and then far more. */
export function payloadSize(run: RingRun, index: number): number {
  if (index % OVERSIZED_EVERY === OVERSIZED_EVERY - 1) return run.maxBytes
  const random = mix(run.seed ^ index)
  if (index % LARGE_EVERY === LARGE_EVERY - 1) return 100_000 + (random % 400_000)
  return (random & 0xff) === 0 ? 5 + (random >>> 16) : 5 + (random >>> 26)
}

/** Whether no ring of this run can take the record. */
export function isOversized(run: RingRun, index: number): boolean {
  return payloadSize(run, index) >= run.maxBytes
}

export function recordSize(payload: number): number {
  return 1 + varintSize(payload) + payload
}

/** A field as the ring carries it: tag, length, then bytes of which no two records have the same. */
export function writeRecord(out: ProtobufWriter, run: RingRun, index: number): void {
  const size = payloadSize(run, index)
  out.byte(0x12)
  out.varint(size)
  const end = out.position + size
  let word = mix(run.seed + index) | 0
  for (; out.position + 4 <= end; word = next(word)) out.fixed32(word)
  while (out.position < end) out.byte(word & 0xff)
}

/** Where record `index` ends if it is what begins at `at`; undefined if it is not. */
export function matchRecord(
  bytes: Uint8Array,
  view: DataView,
  at: number,
  run: RingRun,
  index: number,
): number | undefined {
  const size = payloadSize(run, index)
  let position = at + recordSize(size) - size
  if (bytes[at] !== 0x12 || bytes[position - 1] !== lastLengthByte(size)) return undefined
  const end = position + size
  let word = mix(run.seed + index) | 0
  for (; position + 4 <= end; position += 4, word = next(word)) {
    if (view.getInt32(position, true) !== word) return undefined
  }
  for (; position < end; position++) if (bytes[position] !== (word & 0xff)) return undefined
  return end
}

function lastLengthByte(size: number): number {
  return size < 0x80 ? size : Math.floor(size / 0x80 ** (varintSize(size) - 1))
}

function next(word: number): number {
  return (Math.imul(word, 1_664_525) + 1_013_904_223) | 0
}

/** A well-spread 32-bit number for each 32-bit number (the finaliser of MurmurHash3), unsigned. */
function mix(value: number): number {
  let hash = value | 0
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}
