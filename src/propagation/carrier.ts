import type { Carrier } from '../types/context.ts'

/** The headers that carry a context, and the environment variable that stands in for each. */
export const VARIABLE_OF_HEADER = {
  traceparent: 'TRACEPARENT',
  tracestate: 'TRACESTATE',
  baggage: 'BAGGAGE',
  'x-request-id': 'REQUEST_ID',
  b3: 'B3',
  'x-b3-traceid': 'X_B3_TRACEID',
  'x-b3-spanid': 'X_B3_SPANID',
  'x-b3-parentspanid': 'X_B3_PARENTSPANID',
  'x-b3-sampled': 'X_B3_SAMPLED',
  'x-b3-flags': 'X_B3_FLAGS',
  'uber-trace-id': 'UBER_TRACE_ID',
  'x-cloud-trace-context': 'X_CLOUD_TRACE_CONTEXT',
} as const

export type HeaderName = keyof typeof VARIABLE_OF_HEADER

export type ReadableCarrier = Carrier | ReadonlyMap<string, string> | null | undefined

/** Sets a header; `undefined` removes it. */
export type SetHeader = (header: string, value: string | undefined) => unknown

/** Names looked at for one that differs in case only: more than a request or an environment has. */
export const MAX_SCANNED_NAMES = 1_000

/** Values joined into one; a header that came more often is taken as absent. */
const MAX_VALUES = 64

/**
 * The value of a header, by its name in any case or by its environment variable; several values are joined as HTTP
 * does. Undefined where it is absent or no text, whatever the carrier is or throws.
 */
export function readCarrier(carrier: ReadableCarrier, header: HeaderName): string | undefined {
  if (typeof carrier !== 'object' || carrier === null) return undefined
  try {
    return toText(
      valueAt(carrier, header) ?? valueAt(carrier, VARIABLE_OF_HEADER[header]) ?? valueOfSpelling(carrier, header),
    )
  } catch {
    return undefined
  }
}

/**
 * Sets a header in place of every spelling of it; `undefined` removes it. A carrier that cannot be written to
 * (frozen, with a setter that throws, or no object) stays as it is: the context does not travel, and the caller goes on.
 */
export function writeCarrier(carrier: Carrier, header: string, value: string | undefined): void {
  // Of a text, every character would be a name.
  if (typeof carrier !== 'object' || carrier === null) return
  try {
    for (const spelling of spellings(carrier, header)) if (spelling !== header) remove(carrier, spelling)
    if (value === undefined) remove(carrier, header)
    else if (isKeyed(carrier)) carrier.set?.(header, value)
    else (carrier as Record<string, unknown>)[header] = value
  } catch {}
}

/** The names in a carrier that are this lower-case one when case is ignored. May throw where the carrier does. */
export function spellings(carrier: object, lowerCase: string): string[] {
  const found: string[] = []
  let scanned = 0
  for (const name of namesOf(carrier, lowerCase)) {
    if (++scanned > MAX_SCANNED_NAMES) break
    if (typeof name === 'string' && name.length === lowerCase.length && name.toLowerCase() === lowerCase)
      found.push(name)
  }
  return found
}

/** What Map and the fetch API's Headers have in common. */
export interface KeyedCarrier {
  get(name: string): unknown
  set?(name: string, value: string): unknown
  delete?(name: string): unknown
  keys?(): Iterable<unknown>
}

export function isKeyed(carrier: object): carrier is KeyedCarrier {
  return typeof (carrier as Partial<KeyedCarrier>).get === 'function'
}

export function valueAt(carrier: object, name: string): unknown {
  return isKeyed(carrier) ? carrier.get(name) : (carrier as Record<string, unknown>)[name]
}

function valueOfSpelling(carrier: object, header: string): unknown {
  const [spelling] = spellings(carrier, header)
  return spelling === undefined ? undefined : valueAt(carrier, spelling)
}

function remove(carrier: object, name: string): void {
  if (isKeyed(carrier)) carrier.delete?.(name)
  else delete (carrier as Record<string, unknown>)[name]
}

/** Headers ignore case themselves, so the one name stands for every spelling; a Map does not. */
function namesOf(carrier: object, lowerCase: string): Iterable<unknown> {
  if (!isKeyed(carrier)) return Object.keys(carrier)
  return isMapLike(carrier) ? carrier.keys() : [lowerCase]
}

/** By shape, since a Map from another realm is no instance of ours. Headers have no size. */
function isMapLike(carrier: object): carrier is ReadonlyMap<unknown, unknown> {
  return typeof (carrier as Partial<ReadonlyMap<unknown, unknown>>).size === 'number'
}

export function toText(value: unknown): string | undefined {
  if (typeof value === 'string') return value
  if (!Array.isArray(value) || value.length === 0 || value.length > MAX_VALUES) return undefined
  return value.every(item => typeof item === 'string') ? value.join(', ') : undefined
}
