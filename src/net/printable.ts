/** Control, format and separator characters and lone surrogates: what could forge a line or drive a terminal. */
const UNPRINTABLE = /[\p{C}\p{Z}]+/gu

/** Text from elsewhere as a log line may show it: one line of at most `maxChars` characters. */
export function printableText(text: string, maxChars: number): string {
  const line = text
    .slice(0, 4 * maxChars)
    .replace(UNPRINTABLE, ' ')
    .trim()
  if (line.length <= maxChars) return line
  return `${line
    .slice(0, maxChars - 1)
    .replace(UNPRINTABLE, ' ')
    .trim()}…`
}

/** Scheme, host, port and path: user name, password and query may be secrets. Empty if `url` is no URL. */
export function printableUrl(url: string): string {
  if (!URL.canParse(url)) return ''
  const { origin, pathname } = new URL(url)
  return origin + pathname
}
