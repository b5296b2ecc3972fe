const CLEAR_LINE = '\r\x1b[K'

/** On a terminal, one line of stderr that the next one takes the place of. */
export function showProgress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`${CLEAR_LINE}  ${text.slice(0, width() - 3)}`)
}

export function clearProgress(): void {
  if (process.stderr.isTTY) process.stderr.write(CLEAR_LINE)
}

function width(): number {
  return process.stderr.columns ?? 80
}
