import { type EnvironmentReader, percentDecode } from './environment.ts'
import { describe, wrongType, wrongValue } from './validate.ts'

const DEFAULT_BASE = 'http://localhost:4318'
const TRACES_PATH = 'v1/traces'
const EXPECTED = 'an http or https URL'

export interface Endpoint {
  /** Without user name and password. */
  readonly url: URL
  /** `authorization` where the URL held a user name or password, else empty. */
  readonly headers: Readonly<Record<string, string>>
}

/** Used as it is; where it has no path, /v1/traces is added. */
export function urlOption(path: string, value: unknown): URL | undefined {
  if (value === undefined) return undefined
  if (typeof value !== 'string') throw wrongType(path, EXPECTED, value)
  const url = parseHttpUrl(value)
  if (url === undefined) throw wrongValue(path, EXPECTED, withoutSecrets(value))
  return url.pathname === '/' ? withTracesPath(url) : url
}

/** OTEL_EXPORTER_OTLP_TRACES_ENDPOINT is used as it is, OTEL_EXPORTER_OTLP_ENDPOINT is a base to which v1/traces is added. */
export function urlFromEnvironment(environment: EnvironmentReader): URL {
  const base = readUrl(environment, 'OTEL_EXPORTER_OTLP_ENDPOINT', new URL(DEFAULT_BASE))
  return readUrl(environment, 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', withTracesPath(base))
}

/** Moves user name and password out of the URL, so that no message prints them. */
export function splitCredentials(url: URL): Endpoint {
  const clean = new URL(url)
  clean.username = ''
  clean.password = ''
  if (url.username === '' && url.password === '') return { url: clean, headers: {} }
  const pair = [url.username, url.password].map(part => percentDecode(part) ?? part).join(':')
  return { url: clean, headers: { authorization: `Basic ${Buffer.from(pair).toString('base64')}` } }
}

function withTracesPath(base: URL): URL {
  const url = new URL(base)
  url.pathname += url.pathname.endsWith('/') ? TRACES_PATH : `/${TRACES_PATH}`
  return url
}

function readUrl(environment: EnvironmentReader, name: string, fallback: URL): URL {
  const value = environment.text(name)
  if (value === undefined) return fallback
  const url = parseHttpUrl(value.includes('://') ? value : `http://${value}`)
  if (url === undefined)
    environment.refuse(name, EXPECTED, `using ${withoutSecrets(fallback.href)}`, describe(withoutSecrets(value)))
  return url ?? fallback
}

/** Undefined unless it is an http or https URL with a host. A fragment is dropped. */
export function parseHttpUrl(text: string): URL | undefined {
  if (!URL.canParse(text)) return undefined
  const url = new URL(text)
  url.hash = ''
  return url.protocol === 'http:' || url.protocol === 'https:' ? url : undefined
}

/** A URL as a message may show it: user name, password and query may be secrets. */
function withoutSecrets(text: string): string {
  const [address = ''] = text.split('?', 1)
  const at = address.lastIndexOf('@')
  if (at < 0) return address
  const scheme = address.indexOf('://')
  return `${scheme < 0 ? '' : address.slice(0, scheme + 3)}${address.slice(at + 1)}`
}
