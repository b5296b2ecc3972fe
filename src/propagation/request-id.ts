import { charTable, isAll } from './characters.ts'

const MAX_CHARS = 256
const PRINTABLE = charTable(' ~')

/** The text where it can be a request id: 1 to 256 printable ASCII characters, no space at either end. */
export function parseRequestId(text: string): string | undefined {
  if (text.length === 0 || text.length > MAX_CHARS) return undefined
  if (text.startsWith(' ') || text.endsWith(' ')) return undefined
  return isAll(PRINTABLE, text) ? text : undefined
}
