import type { SpanContext } from '../types/span.ts'
import { readCarrier } from './carrier.ts'
import { charTable, indexOrEnd, isAll, trimBlanks } from './characters.ts'
import { decisionOf, remoteSpan } from './remote-span.ts'
import type { SamplingDecision } from './sampling.ts'
import { isTraceIdAt } from './span-context.ts'
import type { TraceFormat } from './trace-format.ts'

/** Ours: the longest value has 58 characters. */
const MAX_CHARS = 256

const TRACE_ID_CHARS = 32
const SPAN_ID_CHARS = 16
/** Of 2^64 - 1. */
const MAX_DECIMAL_CHARS = 20
const MAX_SPAN_ID = 2n ** 64n - 1n
const MAX_OPTION_CHARS = 3
const OPTIONS = ';o='
const SAMPLED = 1

const DIGIT = charTable('09')

/** The older header of Google Cloud (Cloud Trace documentation, "Trace context"). */
export const CLOUD_TRACE: TraceFormat = {
  headers: ['x-cloud-trace-context'],
  read(carrier) {
    const text = readCarrier(carrier, 'x-cloud-trace-context')
    return text === undefined ? undefined : parseCloudTrace(text)
  },
  write: (span, set) => set('x-cloud-trace-context', formatCloudTrace(span)),
}

/**
 * The span that a value names: `<trace id, hex>/<span id, decimal>[;o=<options>]`. Without options nobody has decided about
 * sampling, as from Google's load balancers.
 */
export function parseCloudTrace(text: string): SpanContext | undefined {
  if (text.length > MAX_CHARS) return undefined
  const value = trimBlanks(text)
  const traceId = value.slice(0, TRACE_ID_CHARS).toLowerCase()
  const semicolon = indexOrEnd(value, ';')
  const spanId = spanIdOf(value.slice(TRACE_ID_CHARS + 1, semicolon))
  const options = value.slice(semicolon)
  if (value[TRACE_ID_CHARS] !== '/' || !isTraceIdAt(traceId, 0) || spanId === undefined) return undefined
  if (options === '') return remoteSpan(traceId, spanId, undefined)
  const decision = decisionOfOptions(options)
  return decision === undefined ? undefined : remoteSpan(traceId, spanId, decision)
}

export function formatCloudTrace(span: SpanContext): string {
  const decision = decisionOf(span)
  const ids = `${span.traceId}/${BigInt(`0x${span.spanId}`)}`
  return decision === undefined ? ids : `${ids}${OPTIONS}${decision === 'deny' ? 0 : SAMPLED}`
}

function spanIdOf(decimal: string): string | undefined {
  if (!isNumber(decimal, MAX_DECIMAL_CHARS)) return undefined
  const id = BigInt(decimal)
  return id === 0n || id > MAX_SPAN_ID ? undefined : id.toString(16).padStart(SPAN_ID_CHARS, '0')
}

function decisionOfOptions(options: string): SamplingDecision | undefined {
  const bits = options.slice(OPTIONS.length)
  if (!options.startsWith(OPTIONS) || !isNumber(bits, MAX_OPTION_CHARS)) return undefined
  return (Number(bits) & SAMPLED) === 0 ? 'deny' : 'accept'
}

function isNumber(text: string, maxChars: number): boolean {
  return text.length > 0 && text.length <= maxChars && isAll(DIGIT, text)
}
