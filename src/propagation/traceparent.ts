import type { SpanContext } from '../types/span.ts'
import { isAll, trimBlanks } from './characters.ts'
import { isSpanIdAt, isTraceIdAt, LOWER_HEX } from './span-context.ts'

/** Sampled (1) and random trace id (2), the flags that W3C Trace Context level 2 defines; the others are sent as 0. */
const KNOWN_FLAGS = 0b11

/** Positions in `00-<trace id>-<span id>-<flags>`; a later version may go on with a dash at `END`. */
const TRACE_ID = 3
const SPAN_ID = 36
const FLAGS = 53
const END = 55

/** Ours, not the specification's: room for a later version that still bounds what the ids' slices keep in memory. */
const MAX_CHARS = 512

const DASH = 0x2d
const DIGIT_ZERO = 0x30
const DIGIT_NINE = 0x39
const LETTER_A = 0x61

/**
 * The remote span that a `traceparent` value of any version names. Undefined where it is malformed, and then
 * `tracestate` counts for nothing either (W3C Trace Context level 2, processing model).
 */
export function parseTraceparent(text: string): SpanContext | undefined {
  if (text.length > MAX_CHARS) return undefined
  const value = trimBlanks(text)
  if (!isTraceparent(value)) return undefined
  return {
    traceId: value.slice(TRACE_ID, SPAN_ID - 1),
    spanId: value.slice(SPAN_ID, FLAGS - 1),
    traceFlags: hexDigit(value.charCodeAt(END - 1)) & KNOWN_FLAGS,
    isRemote: true,
  }
}

/** The `traceparent` value, always of version 00. The ids are taken as they are. */
export function formatTraceparent(context: Pick<SpanContext, 'traceId' | 'spanId' | 'traceFlags'>): string {
  return `00-${context.traceId}-${context.spanId}-0${context.traceFlags & KNOWN_FLAGS}`
}

function isTraceparent(value: string): boolean {
  return (
    isAll(LOWER_HEX, value, 0, TRACE_ID - 1) &&
    value.charCodeAt(TRACE_ID - 1) === DASH &&
    isTraceIdAt(value, TRACE_ID) &&
    value.charCodeAt(SPAN_ID - 1) === DASH &&
    isSpanIdAt(value, SPAN_ID) &&
    value.charCodeAt(FLAGS - 1) === DASH &&
    isAll(LOWER_HEX, value, FLAGS, END) &&
    mayEndAsItDoes(value)
  )
}

/** Version 00 ends with its flags, ff is no version, and any other one may add fields behind a dash. */
function mayEndAsItDoes(value: string): boolean {
  if (value.startsWith('ff')) return false
  return value.length === END || (value.charCodeAt(END) === DASH && !value.startsWith('00'))
}

function hexDigit(code: number): number {
  return code <= DIGIT_NINE ? code - DIGIT_ZERO : code - LETTER_A + 10
}
