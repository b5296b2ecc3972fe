import type { Attributes } from '../types/span.ts'

/** The own enumerable string keys; none where a proxy refuses to tell. */
export function keysOf(attributes: object): readonly string[] {
  try {
    return Object.keys(attributes)
  } catch {
    return []
  }
}

/** The value of `key`, or undefined where reading it throws. */
export function propertyOf(attributes: Attributes, key: string): unknown {
  try {
    return attributes[key]
  } catch {
    return undefined
  }
}
