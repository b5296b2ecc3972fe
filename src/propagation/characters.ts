/**
 * A table of ASCII characters from ranges, each given by its first and last one: 'az09' is the lower-case letters
 * and the digits. A look-up a character checks a header without a regular expression.
 */
export function charTable(ranges: string): Uint8Array {
  const table = new Uint8Array(128)
  for (let i = 0; i < ranges.length; i += 2) table.fill(1, ranges.charCodeAt(i), ranges.charCodeAt(i + 1) + 1)
  return table
}

/** Whether all characters from `start` to before `end` are in the table; false where the text is shorter. */
export function isAll(table: Uint8Array, text: string, start = 0, end: number = text.length): boolean {
  for (let i = start; i < end; i++) if (table[text.charCodeAt(i)] !== 1) return false
  return true
}

/** Where the first character stands that is not in the table, from `start` on; the end of the text if all are. */
export function skipAll(table: Uint8Array, text: string, start: number): number {
  let end = start
  while (end < text.length && table[text.charCodeAt(end)] === 1) end++
  return end
}

/** As `skipAll` for the spaces and tabs that HTTP lets stand around a field value. */
export function skipBlanks(text: string, start: number): number {
  let end = start
  while (end < text.length && isBlank(text.charCodeAt(end))) end++
  return end
}

/** The part without spaces and tabs at its ends, which is all that HTTP lets stand around a field value. */
export function trimBlanks(text: string, start = 0, end: number = text.length): string {
  let first = start
  let last = end
  while (first < last && isBlank(text.charCodeAt(first))) first++
  while (last > first && isBlank(text.charCodeAt(last - 1))) last--
  return text.slice(first, last)
}

/** Where the separator next stands, else the end of the text. */
export function indexOrEnd(text: string, separator: string, start = 0): number {
  const index = text.indexOf(separator, start)
  return index < 0 ? text.length : index
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09
}
