/**
 * What Cloud Trace stores of a span, in bytes of UTF-8 and in numbers: docs.cloud.google.com/trace/docs/quotas as of August 2026.
 * The comments of trace.proto have lower ones of 2017 (name 128, key 128, value 256, 32 attributes, 32 events), which the service
 * no longer keeps to. What is over is cut here, by rule and counted, since the service picks at random what it keeps.
 */
export const LIMITS = {
  nameBytes: 1_024,
  attributes: 1_024,
  keyBytes: 512,
  valueBytes: 65_532,
  events: 256,
  /** Only trace.proto has one. */
  eventNameBytes: 256,
  links: 128,
} as const

const MAX_INT32 = 2 ** 31 - 1

/** google.devtools.cloudtrace.v2.TruncatableString. */
export interface TruncatableString {
  readonly value: string
  readonly truncatedByteCount?: number
}

/** The first `maxBytes` bytes of UTF-8 of `text`, cut between characters, and how many are missing. */
export function truncatable(text: string, maxBytes: number): TruncatableString {
  // A UTF-16 unit has three bytes at most.
  if (text.length * 3 <= maxBytes) return { value: text }
  const bytes = Buffer.from(text)
  if (bytes.length <= maxBytes) return { value: text }
  let end = maxBytes
  while (isContinuation(bytes[end]!)) end--
  return { value: bytes.toString('utf8', 0, end), truncatedByteCount: bytes.length - end }
}

/** A count as the API has it: absent where nothing was dropped, and an int32 where OTLP has a uint32. */
export function droppedCount(count: number): number | undefined {
  return count === 0 ? undefined : Math.min(count, MAX_INT32)
}

/** Bytes after the first one of a character are 10xxxxxx. */
function isContinuation(byte: number): boolean {
  return (byte & 0xc0) === 0x80
}
