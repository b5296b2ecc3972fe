/** A property of an object of the caller's: undefined where there is none, or where reading it throws. */
export function read(value: unknown, key: string): unknown {
  try {
    return isRecord(value) ? value[key] : undefined
  } catch {
    return undefined
  }
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
