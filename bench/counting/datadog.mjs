import { decode } from '@msgpack/msgpack'

/** Ids are unsigned 64-bit numbers, which doubles cannot hold. */
const OPTIONS = { useBigInt64: true }

/** Spans of what an agent takes at /v0.4/traces: a list of traces, each a list of spans. */
export function countDatadog(request) {
  return decode(request, OPTIONS).reduce((spans, trace) => spans + trace.length, 0)
}
