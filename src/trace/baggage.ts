import { keysOf, propertyOf } from '../otlp/properties.ts'
import { MAX_MEMBERS } from '../propagation/baggage-limits.ts'
import { loadOtherHeaders } from '../propagation/load-other-headers.ts'
import type { BaggageEntries, BaggageEntry } from '../types/context.ts'
import { BaggageAmbient } from './ambient.ts'
import { AmbientScope, activeContext, runInContext } from './context.ts'
import { sayOnce } from './notices.ts'

/** Entries read of one call: an iterable may have no end. */
const MAX_READ = 1_000

/** The baggage that is current here, as a copy: of `withBaggage`, of an extracted context, or of the environment. */
export function getBaggage(): ReadonlyMap<string, BaggageEntry> {
  return copyOf(activeContext().ambient.baggage)
}

/**
 * Runs `fn` with `entries` added to the baggage that is current here; `null` removes one. The current span stays. Works while
 * tracing is off, too. Never throws by itself.
 *
 * An entry that could not travel is left out, and that is said once: its key has to be a token (RFC 9110, §5.6.2: letters,
 * digits and !#$%&'*+-.^_`|~), its value text, both within 8,192 characters; beyond 64 entries new ones are left out. Any text
 * can be a value: it is percent-encoded on the way.
 */
export function withBaggage<T>(entries: BaggageEntries, fn: () => T): T {
  const outer = activeContext()
  const baggage = copyOf(outer.ambient.baggage)
  try {
    for (const [key, value] of pairsOf(entries)) merge(baggage, key, value)
  } catch {
    // An iterable or object that throws when it is read: what came before stays.
  }
  return runInContext(new AmbientScope(outer, new BaggageAmbient(outer.ambient, baggage)), fn, undefined)
}

/** A map that the program put together by hand may throw when it is read. */
function copyOf(baggage: ReadonlyMap<string, BaggageEntry>): Map<string, BaggageEntry> {
  try {
    return new Map(baggage)
  } catch {
    return new Map()
  }
}

/** The pairs of an iterable, or the properties of a plain object. */
function* pairsOf(entries: unknown): Generator<readonly [key: unknown, value: unknown]> {
  if (typeof entries !== 'object' || entries === null) return
  if (typeof (entries as Partial<Iterable<unknown>>)[Symbol.iterator] !== 'function') {
    const properties = entries as Readonly<Record<string, unknown>>
    for (const key of keysOf(properties).slice(0, MAX_READ)) yield [key, propertyOf(properties, key)]
    return
  }
  let read = 0
  for (const pair of entries as Iterable<unknown>) {
    if (Array.isArray(pair)) yield [pair[0], pair[1]]
    if (++read === MAX_READ) return
  }
}

function merge(baggage: Map<string, BaggageEntry>, key: unknown, value: unknown): void {
  if (value === undefined) return
  if (value === null) {
    baggage.delete(key as string)
    return
  }
  const entry = takeEntry(key, value)
  const hasRoom = baggage.size < MAX_MEMBERS || baggage.has(key as string)
  if (entry === undefined || !hasRoom) sayOnce('baggage', 'warn', refusal(key, entry !== undefined))
  else baggage.set(key as string, entry)
}

function takeEntry(key: unknown, value: unknown): BaggageEntry | undefined {
  const { toBaggageEntry } = loadOtherHeaders()
  if (typeof value !== 'object') return toBaggageEntry(key, value, undefined)
  try {
    const given = value as BaggageEntry
    return toBaggageEntry(key, given.value, given.metadata)
  } catch {
    return undefined
  }
}

function refusal(key: unknown, isUsable: boolean): string {
  const name = typeof key === 'string' ? JSON.stringify(key.slice(0, 100)) : `a key of type ${typeof key}`
  const reason = isUsable
    ? `there are ${MAX_MEMBERS} entries already`
    : 'a key has to be a token (letters, digits and some marks, no blanks) and a value text of at most 8192 characters'
  return `withBaggage leaves out ${name}: ${reason}`
}
