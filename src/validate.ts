import { choiceOf, describe, integerRange, RATIO_RANGE, typeName } from './wording.ts'

/**
 * Checks for options, which arrive from plain JavaScript too. Each returns the value, or undefined where none is given,
 * and throws a TypeError (wrong type) or RangeError (wrong value) that names the option's path, what it accepts and the value.
 */

/** An object of options: refuses keys that are not in `known`, unless their value is undefined. */
export function optionsOf<K extends string>(
  path: string,
  value: unknown,
  known: readonly K[],
): { readonly [P in K]?: unknown } {
  const given = plainObject(path, value)
  for (const key in given) {
    if (given[key] === undefined || (known as readonly string[]).includes(key)) continue
    throw new TypeError(`${path}.${key} is not an option; accepted are ${known.join(', ')}`)
  }
  return given as { readonly [P in K]?: unknown }
}

/** An object that is neither null nor an array. Text in its place is not shown: it may be a key or a header. */
export function plainObject(path: string, value: unknown): { readonly [key: string]: unknown } {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as { [key: string]: unknown }
  throw new TypeError(`${path} must be an object, got ${typeName(value)}`)
}

export function text(path: string, value: unknown): string | undefined {
  return value === undefined ? undefined : requiredText(path, value)
}

/** As `text`, but undefined is refused as well. */
export function requiredText(path: string, value: unknown): string {
  if (typeof value !== 'string') throw wrongType(path, 'a non-empty string', value)
  if (value === '') throw wrongValue(path, 'a non-empty string', value)
  return value
}

export function boolean(path: string, value: unknown): boolean | undefined {
  if (value === undefined || typeof value === 'boolean') return value
  throw wrongType(path, 'true or false', value)
}

export function integer(path: string, value: unknown, min: number, max: number): number | undefined {
  if (value === undefined) return undefined
  if (typeof value !== 'number') throw wrongType(path, integerRange(min, max), value)
  if (!Number.isInteger(value) || value < min || value > max) throw wrongValue(path, integerRange(min, max), value)
  return value
}

/** An integer of at least `min`, or Infinity. */
export function integerOrInfinity(path: string, value: unknown, min: number): number | undefined {
  if (value === undefined || value === Number.POSITIVE_INFINITY) return value
  const expected = `an integer of at least ${min}, or Infinity`
  if (typeof value !== 'number') throw wrongType(path, expected, value)
  if (!Number.isSafeInteger(value) || value < min) throw wrongValue(path, expected, value)
  return value
}

export function ratio(path: string, value: unknown): number | undefined {
  if (value === undefined) return undefined
  if (typeof value !== 'number') throw wrongType(path, RATIO_RANGE, value)
  if (!(value >= 0 && value <= 1)) throw wrongValue(path, RATIO_RANGE, value)
  return value
}

export function oneOf<T extends string>(path: string, value: unknown, accepted: readonly T[]): T | undefined {
  return value === undefined ? undefined : requiredOneOf(path, value, accepted)
}

/** As `oneOf`, but undefined is refused as well. */
export function requiredOneOf<T extends string>(path: string, value: unknown, accepted: readonly T[]): T {
  if (typeof value !== 'string') throw wrongType(path, choiceOf(accepted), value)
  if (!(accepted as readonly string[]).includes(value)) throw wrongValue(path, choiceOf(accepted), value)
  return value as T
}

export function requiredFunction(path: string, value: unknown): void {
  if (typeof value !== 'function') throw wrongType(path, 'a function', value)
}

/** Error for a value of the wrong type. */
export function wrongType(path: string, expected: string, value: unknown): TypeError {
  return new TypeError(`${path} must be ${expected}, got ${describe(value)}`)
}

/** Error for a value of the right type that is not accepted. */
export function wrongValue(path: string, expected: string, value: unknown): RangeError {
  return new RangeError(`${path} must be ${expected}, got ${describe(value)}`)
}
