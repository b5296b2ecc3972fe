import type { BaggageEntry } from '../types/context.ts'
import { MAX_CHARS, MAX_MEMBERS } from './baggage-limits.ts'
import { charTable, indexOrEnd, isAll, skipAll, skipBlanks, trimBlanks } from './characters.ts'
import { percentDecode, percentEncode } from './percent.ts'
import { keepText, keptTextOf } from './received-baggage.ts'

/** Twice what is sent, since blanks and needless percent-encoding go. What is longer is not read. */
const MAX_INPUT_CHARS = 2 * MAX_CHARS

/** The token of RFC 9110, §5.6.2. Keys are never percent-encoded. */
const TOKEN = charTable("!!#'*+-.09AZ^z||~~")
/** Printable ASCII without space, double quote, comma, semicolon and backslash. */
const OCTET = charTable('!!#+-:<[]~')
/** The same without the percent sign, which is encoded in a value. */
const PLAIN_OCTET = charTable('!!#$&+-:<[]~')

const EQUALS = 0x3d
const SEMICOLON = 0x3b

/** The entries of a `baggage` value, values decoded, of two equal keys the later one. Malformed members are left out. */
export function parseBaggage(text: string): ReadonlyMap<string, BaggageEntry> {
  const entries = new Map<string, BaggageEntry>()
  if (text.length > MAX_INPUT_CHARS) return entries
  for (let start = 0; start < text.length && entries.size < MAX_MEMBERS; ) start = addMember(entries, text, start) + 1
  if (lengthOf(entries) === text.length && text.length <= MAX_CHARS && !text.includes('%')) keepText(entries, text)
  return entries
}

/**
 * The `baggage` value of the entries, '' for none. At most 64 members and 8,192 bytes: what goes beyond is left out
 * member by member, as is an entry whose key is not a token. Malformed metadata is left out, its entry stays.
 */
export function formatBaggage(entries: ReadonlyMap<string, BaggageEntry>): string {
  const received = keptTextOf(entries)
  if (received !== undefined) return received
  const members: string[] = []
  let chars = 0
  for (const [key, entry] of entries) {
    const member = formatMember(key, entry)
    if (member === undefined || chars + member.length > MAX_CHARS) continue
    members.push(member)
    chars += member.length + 1
    if (members.length === MAX_MEMBERS) break
  }
  return members.join(',')
}

/**
 * The entry as it will travel, undefined where it cannot: a key that is no token, a value that is no text, or both together
 * more than a whole `baggage` may be. Malformed metadata is left out. The types are no certainty here.
 */
export function toBaggageEntry(key: unknown, value: unknown, metadata: unknown): BaggageEntry | undefined {
  if (typeof key !== 'string' || typeof value !== 'string') return undefined
  if (key.length + value.length > MAX_CHARS || !isToken(key)) return undefined
  return toEntry(value, formatMetadata(metadata) ?? '')
}

/** Adds the member that begins at `start`, and gives where it ends. Goes over its characters once: it runs for every request. */
function addMember(entries: Map<string, BaggageEntry>, text: string, start: number): number {
  const key = skipBlanks(text, start)
  const keyEnd = skipAll(TOKEN, text, key)
  const equals = skipBlanks(text, keyEnd)
  if (keyEnd === key || text.charCodeAt(equals) !== EQUALS) return indexOrEnd(text, ',', equals)
  const value = skipBlanks(text, equals + 1)
  const valueEnd = skipAll(OCTET, text, value)
  const rest = skipBlanks(text, valueEnd)
  const end = indexOrEnd(text, ',', rest)
  const metadata = parseMetadata(text, rest, end)
  if (metadata !== undefined) {
    entries.set(text.slice(key, keyEnd), toEntry(percentDecode(text.slice(value, valueEnd)), metadata))
  }
  return end
}

/** What follows a value; undefined where that is malformed. */
function parseMetadata(text: string, start: number, end: number): string | undefined {
  if (start === end) return ''
  return text.charCodeAt(start) === SEMICOLON ? normaliseProperties(text.slice(start + 1, end)) : undefined
}

/** Of the text of entries with neither metadata nor a character to encode: no header as long as this has anything else in it. */
function lengthOf(entries: ReadonlyMap<string, BaggageEntry>): number {
  let chars = entries.size - 1
  for (const [key, { value }] of entries) chars += key.length + 1 + value.length
  return chars
}

function toEntry(value: string, metadata: string): BaggageEntry {
  return metadata === '' ? { value } : { value, metadata }
}

/** The entries may come from plain JavaScript, so their types are no certainty. */
function formatMember(key: unknown, entry: Partial<BaggageEntry> | null | undefined): string | undefined {
  const usable = toBaggageEntry(key, entry?.value, entry?.metadata)
  if (usable === undefined) return undefined
  const member = `${key}=${percentEncode(usable.value, PLAIN_OCTET)}`
  return usable.metadata === undefined ? member : `${member};${usable.metadata}`
}

function formatMetadata(metadata: unknown): string | undefined {
  return typeof metadata === 'string' && metadata.length <= MAX_CHARS ? normaliseProperties(metadata) : undefined
}

/** Properties as they came, blanks around them and their parts removed. Undefined where one is malformed. */
function normaliseProperties(text: string): string | undefined {
  const properties: string[] = []
  for (let start = 0; start < text.length; ) {
    const end = indexOrEnd(text, ';', start)
    const property = normaliseProperty(trimBlanks(text, start, end))
    if (property === undefined) return undefined
    if (property !== '') properties.push(property)
    start = end + 1
  }
  return properties.join(';')
}

function normaliseProperty(property: string): string | undefined {
  const equals = property.indexOf('=')
  if (equals < 0) return isAll(TOKEN, property) ? property : undefined
  const key = trimBlanks(property, 0, equals)
  const value = trimBlanks(property, equals + 1)
  return isToken(key) && isAll(OCTET, value) ? `${key}=${value}` : undefined
}

function isToken(text: string): boolean {
  return text.length > 0 && isAll(TOKEN, text)
}
