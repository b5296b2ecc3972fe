import { basicCredentials } from '../net/credentials.ts'
import { wrongType } from '../validate.ts'
import { describeAddress, EXPECTED_URL, parseHttpUrl } from './address.ts'
import type { EnvironmentReader } from './environment.ts'
import { urlOfVariable } from './url-variable.ts'

const TRACES_PATH = 'v1/traces'

export interface Endpoint {
  /** Without user name and password. */
  readonly url: URL
  /** `authorization` where the URL held a user name or password, else empty. */
  readonly headers: Readonly<Record<string, string>>
}

/** Used as it is; where it has no path, `usualPath` is added. */
export function urlOption(path: string, value: unknown, usualPath: string = TRACES_PATH): URL | undefined {
  if (value === undefined) return undefined
  if (typeof value !== 'string') throw wrongType(path, EXPECTED_URL, value)
  const url = parseHttpUrl(value)
  if (url === undefined) throw new RangeError(`${path} must be ${EXPECTED_URL}, got ${describeAddress(value)}`)
  return url.pathname === '/' ? withPath(url, usualPath) : url
}

/**
 * OTEL_EXPORTER_OTLP_TRACES_ENDPOINT is used as it is, OTEL_EXPORTER_OTLP_ENDPOINT is a base to which v1/traces is added, and
 * so is `defaultBase`.
 */
export function urlFromEnvironment(environment: EnvironmentReader, defaultBase: string): URL {
  const base = urlOfVariable(environment, 'OTEL_EXPORTER_OTLP_ENDPOINT', new URL(defaultBase))
  return urlOfVariable(environment, 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', withPath(base, TRACES_PATH))
}

/** Moves user name and password out of the URL, so that no message prints them. */
export function splitCredentials(url: URL): Endpoint {
  const clean = new URL(url)
  clean.username = ''
  clean.password = ''
  const authorization = basicCredentials(url)
  return { url: clean, headers: authorization === undefined ? {} : { authorization } }
}

function withPath(base: URL, path: string): URL {
  const url = new URL(base)
  url.pathname += url.pathname.endsWith('/') ? path : `/${path}`
  return url
}
