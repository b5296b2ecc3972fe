import type { ViewValue } from '../types/exporter.ts'
import { toBase64 } from '../wire/byte-text.ts'

/**
 * A value as text, for backends whose values are texts (OTel spec, "Mapping to non-OTLP formats"): text as it is, bytes in base64,
 * lists and maps as JSON.
 */
export function valueText(value: ViewValue): string {
  if (value === null) return ''
  if (value instanceof Uint8Array) return toBase64(value)
  return typeof value === 'object' ? JSON.stringify(value, jsonValue) : String(value)
}

/** Whole numbers beyond 2^53 keep their digits as texts, and so do the numbers that JSON lacks. */
function jsonValue(_key: string, value: ViewValue): unknown {
  if (typeof value === 'bigint') return String(value)
  if (typeof value === 'number' && !Number.isFinite(value)) return String(value)
  return value instanceof Uint8Array ? toBase64(value) : value
}
