/** Text from elsewhere as a log line may show it: one line of at most `maxChars` characters. */
export function printableText(text: string, maxChars: number): string {
  const line = onOneLine(text.slice(0, 4 * maxChars))
  return line.length <= maxChars ? line : `${onOneLine(line.slice(0, maxChars - 1))}…`
}

/**
 * Without control, format and separator characters and lone surrogates: what could forge a line or drive a terminal. V8 takes 0.1 ms
 * to make such a pattern, so that it is made when it is needed.
 */
function onOneLine(text: string): string {
  return text.replace(/[\p{C}\p{Z}]+/gu, ' ').trim()
}

/** Scheme, host, port and path: user name, password and query may be secrets. Empty if `url` is no URL. */
export function printableUrl(url: string): string {
  if (!URL.canParse(url)) return ''
  const { origin, pathname } = new URL(url)
  return origin + pathname
}
