import { isAll } from './characters.ts'

/** The text with all but the plain ASCII characters of the table percent-encoded as UTF-8. Never throws. */
export function percentEncode(text: string, plain: Uint8Array): string {
  if (isAll(plain, text)) return text
  let encoded = ''
  for (const byte of new TextEncoder().encode(text)) {
    encoded += plain[byte] === 1 ? String.fromCharCode(byte) : `%${hexPair(byte)}`
  }
  return encoded
}

/**
 * ASCII text with its percent-encoded bytes read as UTF-8. What is not UTF-8 becomes U+FFFD, and a percent sign
 * without two hex digits stands for itself: `decodeURIComponent` would throw for both.
 */
export function percentDecode(text: string): string {
  if (!text.includes('%')) return text
  const bytes = new Uint8Array(text.length)
  let length = 0
  for (let i = 0; i < text.length; i++) {
    const decoded = text.charCodeAt(i) === PERCENT ? hexByte(text, i + 1) : undefined
    bytes[length++] = decoded ?? text.charCodeAt(i)
    if (decoded !== undefined) i += 2
  }
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes.subarray(0, length))
}

const PERCENT = 0x25

function hexPair(byte: number): string {
  return byte.toString(16).toUpperCase().padStart(2, '0')
}

function hexByte(text: string, start: number): number | undefined {
  const high = hexDigit(text.charCodeAt(start))
  const low = hexDigit(text.charCodeAt(start + 1))
  return high === undefined || low === undefined ? undefined : high * 16 + low
}

function hexDigit(code: number): number | undefined {
  if (code >= 0x30 && code <= 0x39) return code - 0x30
  const lower = code | 0x20
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : undefined
}
