import { isKeyed, MAX_SCANNED_NAMES, type ReadableCarrier, toText, valueAt } from './carrier.ts'

/**
 * The headers whose name begins with a lower-case prefix, by the rest of the name. None of a carrier that cannot be listed, as
 * one that has nothing but `get` and `set`.
 */
export function readPrefixed(carrier: ReadableCarrier, prefix: string): readonly [rest: string, value: string][] {
  const found: [string, string][] = []
  if (typeof carrier !== 'object' || carrier === null) return found
  let scanned = 0
  try {
    for (const name of listedNames(carrier)) {
      if (++scanned > MAX_SCANNED_NAMES) break
      if (typeof name !== 'string' || !name.slice(0, prefix.length).toLowerCase().startsWith(prefix)) continue
      const value = toText(valueAt(carrier, name))
      if (value !== undefined) found.push([name.slice(prefix.length), value])
    }
  } catch {}
  return found
}

function listedNames(carrier: object): Iterable<unknown> {
  if (!isKeyed(carrier)) return Object.keys(carrier)
  return typeof carrier.keys === 'function' ? carrier.keys() : []
}
