import { printableText } from '../net/printable.ts'
import { FAILED } from './usage.ts'

/**
 * A reader that goes away (`| head`) or a disk that is full must not end a command halfway through, with a dead letter claimed: the
 * command goes on, and its exit code says that the output is not whole.
 */
export function outliveOutput(): void {
  process.stdout.on('error', ({ code, message }: NodeJS.ErrnoException) => {
    process.exitCode ||= FAILED
    if (code !== 'EPIPE') complain(`the output could not be written: ${message}`)
  })
  process.stderr.on('error', () => {})
}

export function print(text: string): void {
  process.stdout.write(`${text}\n`)
}

export function complain(text: string): void {
  process.stderr.write(`${text}\n`)
}

/** Rows under headings, in columns as wide as they need to be; the last one is cut short. */
export function table(headings: readonly string[], rows: readonly (readonly string[])[], maxLast: number): string {
  const last = headings.length - 1
  const cells = [headings, ...rows].map(row =>
    row.map((cell, column) => printableText(cell, column === last ? maxLast : MAX_CELL)),
  )
  const widths = headings.map((_, column) => Math.max(...cells.map(row => row[column]!.length)))
  return cells
    .map(row =>
      row
        .map((cell, column) => cell.padEnd(widths[column]!))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

const MAX_CELL = 128

/** Text of several lines as a terminal may show it. */
export function printableLines(text: string): string {
  return text
    .split('\n')
    .map(line => line.replaceAll(/[\p{C}\u2028\u2029]/gu, character => (character === '\t' ? '\t' : ' ')))
    .join('\n')
}
