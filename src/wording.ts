/** The words in which options and variables are refused. */

const MAX_SHOWN_CHARACTERS = 100

export const RATIO_RANGE: string = 'a number from 0 to 1'

export function integerRange(min: number, max: number): string {
  return `an integer from ${min} to ${max}`
}

export function choiceOf(accepted: readonly string[]): string {
  return accepted.length === 1 ? String(accepted[0]) : `one of ${accepted.join(', ')}`
}

/** A value as it appears in a message: text in quotes and cut short, objects by their type only. */
export function describe(value: unknown): string {
  if (typeof value === 'string') {
    return JSON.stringify(value.length > MAX_SHOWN_CHARACTERS ? `${value.slice(0, MAX_SHOWN_CHARACTERS)}…` : value)
  }
  if (typeof value === 'bigint') return `${value}n`
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : typeName(value)
}

export function typeName(value: unknown): string {
  if (value === undefined || value === null) return String(value)
  if (Array.isArray(value)) return 'an array'
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`
}
