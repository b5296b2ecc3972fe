/** A name as text, whatever the caller gave. */
export function textOf(name: unknown): string {
  if (typeof name === 'string') return name
  try {
    return String(name)
  } catch {
    return ''
  }
}
