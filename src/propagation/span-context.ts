import type { SpanContext } from '../types/span.ts'
import { charTable } from './characters.ts'

/** Lower-case hex digits; the W3C formats refuse upper case. */
export const LOWER_HEX: Uint8Array = charTable('09af')

const TRACE_ID_CHARS = 32
const SPAN_ID_CHARS = 16
const DIGIT_ZERO = 0x30

/** Whether this names a span: ids of 32 and 16 lower-case hex digits, neither of them all zero. Never throws. */
export function isValidSpanContext(context: unknown): context is SpanContext {
  try {
    return hasValidIds(context as Partial<SpanContext> | null | undefined)
  } catch {
    return false
  }
}

/** Whether 32 characters from `start` are a trace id. */
export function isTraceIdAt(text: string, start: number): boolean {
  return isIdAt(text, start, start + TRACE_ID_CHARS)
}

/** Whether 16 characters from `start` are a span id. */
export function isSpanIdAt(text: string, start: number): boolean {
  return isIdAt(text, start, start + SPAN_ID_CHARS)
}

/** An id of this many digits from one of up to as many, of any case; shorter ones are padded (trace context level 2, trace-id). */
export function paddedId(text: string, digits: typeof TRACE_ID_CHARS | typeof SPAN_ID_CHARS): string | undefined {
  if (text.length === 0 || text.length > digits) return undefined
  const id = text.toLowerCase().padStart(digits, '0')
  return isIdAt(id, 0, digits) ? id : undefined
}

/** In one pass, since it runs for every header: the bits of all digits together are a zero's only if each is one. */
function isIdAt(text: string, start: number, end: number): boolean {
  let union = 0
  for (let i = start; i < end; i++) {
    const code = text.charCodeAt(i)
    if (LOWER_HEX[code] !== 1) return false
    union |= code
  }
  return union !== DIGIT_ZERO
}

function hasValidIds(context: Partial<SpanContext> | null | undefined): boolean {
  const traceId = context?.traceId
  const spanId = context?.spanId
  return (
    typeof traceId === 'string' &&
    traceId.length === TRACE_ID_CHARS &&
    isTraceIdAt(traceId, 0) &&
    typeof spanId === 'string' &&
    spanId.length === SPAN_ID_CHARS &&
    isSpanIdAt(spanId, 0) &&
    typeof context?.traceFlags === 'number'
  )
}
