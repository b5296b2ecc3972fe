import { printableText } from '../net/printable.ts'

const MAX_MESSAGE_CHARS = 1_000

export function messageOf(error: unknown): string {
  try {
    return lineOf(error instanceof Error ? error.message : error)
  } catch {
    return 'an error that cannot be shown'
  }
}

/** One line of what an exporter or an error says. */
export function lineOf(value: unknown): string {
  return printableText(String(value), MAX_MESSAGE_CHARS)
}
