import { plainObject } from '../validate.ts'
import { describe, typeName } from '../wording.ts'
import { type EnvironmentReader, percentDecode } from './environment.ts'

type Headers = Readonly<Record<string, string>>

/** Set by the exporter, the connection or the proxy's URL; a reply that was asked for compressed could not be read. */
const RESERVED = new Set([
  'accept-encoding',
  'connection',
  'content-encoding',
  'content-length',
  'content-type',
  'expect',
  'keep-alive',
  'proxy-authorization',
  'trailer',
  'transfer-encoding',
  'upgrade',
])
const MAX_SHOWN_POSITIONS = 10

/** Checks request headers and gives their names in lower case. No message shows a value. */
export function headersOption(path: string, value: unknown): Headers {
  if (value === undefined) return {}
  const entries = Object.entries(plainObject(path, value))
  return Object.fromEntries(entries.map(([name, text]) => [name.toLowerCase(), checkHeader(path, name, text)]))
}

/** OTEL_EXPORTER_OTLP_HEADERS, overridden name by name by OTEL_EXPORTER_OTLP_TRACES_HEADERS. */
export function headersFromEnvironment(environment: EnvironmentReader): Headers {
  return {
    ...readHeaders(environment, 'OTEL_EXPORTER_OTLP_HEADERS'),
    ...readHeaders(environment, 'OTEL_EXPORTER_OTLP_TRACES_HEADERS'),
  }
}

function checkHeader(path: string, name: string, text: unknown): string {
  const field = `${path}[${describe(name)}]`
  if (!isUsableName(name)) throw new RangeError(`${field} must be a header name that the exporter does not set itself`)
  if (typeof text !== 'string') throw new TypeError(`${field} must be a string, got ${typeName(text)}`)
  if (isFieldValue(text)) return text
  throw new RangeError(`${field} must be Latin-1 text without control characters (not shown)`)
}

/** Entries that cannot be used are left out and named by their position, since any part of them may be a secret. */
function readHeaders(environment: EnvironmentReader, variable: string): Headers {
  const headers: (readonly [string, string])[] = []
  const wrongPositions: number[] = []
  const entries = (environment.text(variable) ?? '').split(',')
  for (const [index, entry] of entries.entries()) {
    if (entry.trim() === '') continue
    const header = parseHeader(entry)
    if (header === undefined) wrongPositions.push(index + 1)
    else headers.push(header)
  }
  if (wrongPositions.length > 0) refuseEntries(environment, variable, wrongPositions)
  return Object.fromEntries(headers)
}

/** name=percent-encoded value, split at the first '='. */
function parseHeader(entry: string): readonly [string, string] | undefined {
  const equals = entry.indexOf('=')
  if (equals < 0) return undefined
  const name = entry.slice(0, equals).trim().toLowerCase()
  const value = percentDecode(entry.slice(equals + 1).trim())
  return isUsableName(name) && value !== undefined && isFieldValue(value) ? [name, value] : undefined
}

function refuseEntries(environment: EnvironmentReader, variable: string, positions: readonly number[]): void {
  const shown = positions.slice(0, MAX_SHOWN_POSITIONS).join(', ')
  const more = positions.length > MAX_SHOWN_POSITIONS ? ', …' : ''
  environment.refuse(
    variable,
    'a comma list of name=value, the values percent-encoded and the names not set by the exporter itself',
    'leaving these out',
    `something else at position ${shown}${more}`,
  )
}

/** A token of RFC 9110 §5.6.2. */
function isUsableName(name: string): boolean {
  return /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/.test(name) && !RESERVED.has(name.toLowerCase())
}

/** The characters of RFC 9110 §5.5: visible ASCII, Latin-1, blank and tab. */
function isFieldValue(value: string): boolean {
  return /^[\t\x20-\x7e\x80-\xff]*$/.test(value)
}
