import type { JsonValue } from '../types/exporter.ts'
import { typeName } from '../wording.ts'

/**
 * A copy of `value`, which has to be JSON data; undefined properties are left out, as JSON does. Throws a TypeError that names
 * the place of what is none. Such data can cross to another thread and is what it was when it was given.
 */
export function jsonValue(path: string, value: unknown): JsonValue {
  return copyOf(path, value, [])
}

function copyOf(path: string, value: unknown, parents: readonly object[]): JsonValue {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value
  if (typeof value === 'number' && Number.isFinite(value)) return value
  if (typeof value !== 'object' || !isPlain(value)) {
    throw new TypeError(`${path} must be JSON data, got ${nameOf(value)}`)
  }
  if (parents.includes(value)) throw new TypeError(`${path} must be JSON data, got an object that contains itself`)
  const within = [...parents, value]
  if (Array.isArray(value)) return Array.from(value, (item, index) => copyOf(`${path}[${index}]`, item, within))
  const given = Object.entries(value).filter(([, item]) => item !== undefined)
  return Object.fromEntries(given.map(([key, item]) => [key, copyOf(`${path}[${JSON.stringify(key)}]`, item, within)]))
}

/** Instances of classes would arrive as something else. */
function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value)
  // Of another realm, such as a test runner's, too: there it is not this Object.prototype.
  return Array.isArray(value) || prototype === null || Object.getPrototypeOf(prototype) === null
}

function nameOf(value: unknown): string {
  if (typeof value === 'number') return String(value)
  if (typeof value !== 'object' || value === null) return typeName(value)
  return `an object of class ${value.constructor?.name || 'unknown'}`
}
