import type { BaggageEntry } from '../types/context.ts'
import type { SpanContext } from '../types/span.ts'
import { toBaggageEntry } from './baggage.ts'
import { MAX_CHARS as MAX_BAGGAGE_CHARS, MAX_MEMBERS } from './baggage-limits.ts'
import { type ReadableCarrier, readCarrier, type SetHeader } from './carrier.ts'
import { charTable, isAll, trimBlanks } from './characters.ts'
import { percentDecode, percentEncode } from './percent.ts'
import { readPrefixed } from './prefixed-headers.ts'
import { decisionOf, remoteSpan } from './remote-span.ts'
import type { SamplingDecision } from './sampling.ts'
import { paddedId } from './span-context.ts'
import type { TraceFormat } from './trace-format.ts'

/** Ours: a value has 69 characters, 75 where its colons are percent-encoded. */
const MAX_CHARS = 256

const TRACE_ID_CHARS = 32
const SPAN_ID_CHARS = 16
const MAX_FLAG_CHARS = 2

/** Debug counts beside sampled only. Firehose (8) is for Jaeger's own collector. */
const SAMPLED = 1
const DEBUG = 2

const HEX = charTable('09afAF')
const BAGGAGE_PREFIX = 'uberctx-'
/** What `encodeURIComponent` leaves as it is. */
const PLAIN = charTable("09AZaz-.__!!~~''()**")

/** Jaeger's own format (Jaeger documentation, client libraries, "Propagation Format"). */
export const JAEGER: TraceFormat = {
  headers: ['uber-trace-id'],
  read(carrier) {
    const text = readCarrier(carrier, 'uber-trace-id')
    return text === undefined ? undefined : parseUberTraceId(text)
  },
  write: (span, set) => set('uber-trace-id', formatUberTraceId(span)),
}

/** The span that an `uber-trace-id` value names: `<trace id>:<span id>:<parent's id>:<flags>`, all hex, any of it percent-encoded. */
export function parseUberTraceId(text: string): SpanContext | undefined {
  if (text.length > MAX_CHARS) return undefined
  const [trace = '', span = '', parent, flagText = '', ...rest] = percentDecode(trimBlanks(text)).split(':')
  const traceId = paddedId(trace, TRACE_ID_CHARS)
  const spanId = paddedId(span, SPAN_ID_CHARS)
  // The parent's id is deprecated: whatever id it is, it is not looked at.
  if (traceId === undefined || spanId === undefined || parent === undefined || !isHex(parent, SPAN_ID_CHARS))
    return undefined
  if (flagText === '' || !isHex(flagText, MAX_FLAG_CHARS) || rest.length > 0) return undefined
  return remoteSpan(traceId, spanId, decisionOfFlags(Number.parseInt(flagText, 16)))
}

/** The `uber-trace-id` value of a span. Where nobody has decided about sampling it says no, having no word for that. */
export function formatUberTraceId(span: SpanContext): string {
  const decision = decisionOf(span)
  const flags = decision === 'debug' ? SAMPLED | DEBUG : decision === 'accept' ? SAMPLED : 0
  return `${span.traceId}:${span.spanId}:0:${flags}`
}

/** Baggage in headers of its own, one an entry: `uberctx-<key>`, values percent-encoded, or form-encoded as Jaeger for Go does. */
export function readUberBaggage(carrier: ReadableCarrier): ReadonlyMap<string, BaggageEntry> {
  const entries = new Map<string, BaggageEntry>()
  let chars = 0
  for (const [key, text] of readPrefixed(carrier, BAGGAGE_PREFIX)) {
    chars += key.length + text.length
    if (chars > MAX_BAGGAGE_CHARS || entries.size === MAX_MEMBERS) break
    const entry = toBaggageEntry(key, percentDecode(text.replaceAll('+', ' ')), undefined)
    if (entry !== undefined) entries.set(key, entry)
  }
  return entries
}

/** Entries beyond the limits of `baggage` are left out, and so is metadata, for which there is no place. */
export function writeUberBaggage(baggage: ReadonlyMap<string, BaggageEntry>, set: SetHeader): void {
  let count = 0
  let chars = 0
  for (const [key, entry] of baggage) {
    const usable = toBaggageEntry(key, (entry as Partial<BaggageEntry> | undefined)?.value, undefined)
    if (usable === undefined) continue
    const text = percentEncode(usable.value, PLAIN)
    if (chars + key.length + text.length > MAX_BAGGAGE_CHARS) continue
    chars += key.length + text.length
    set(`${BAGGAGE_PREFIX}${key}`, text)
    if (++count === MAX_MEMBERS) break
  }
}

function decisionOfFlags(flags: number): SamplingDecision {
  if ((flags & SAMPLED) === 0) return 'deny'
  return (flags & DEBUG) === 0 ? 'accept' : 'debug'
}

function isHex(text: string, maxChars: number): boolean {
  return text.length <= maxChars && isAll(HEX, text)
}
