/** Headers, TLS and proxy of an OTLP exporter: what reads and checks them is loaded where one of them is set. */
import type { TlsConfig } from '../types/config.ts'
import type { EnvironmentReader } from './environment.ts'
import { loadOtherOptions } from './load-other-options.ts'

type Headers = Readonly<Record<string, string>>

const HEADER_VARIABLES = ['OTEL_EXPORTER_OTLP_HEADERS', 'OTEL_EXPORTER_OTLP_TRACES_HEADERS']
const TLS_VARIABLES = ['CERTIFICATE', 'CLIENT_CERTIFICATE', 'CLIENT_KEY'].flatMap(name => [
  `OTEL_EXPORTER_OTLP_${name}`,
  `OTEL_EXPORTER_OTLP_TRACES_${name}`,
])
const PROXY_VARIABLES = ['https_proxy', 'HTTPS_PROXY', 'http_proxy', 'HTTP_PROXY']

/** Those of the option go before those of the environment. */
export function planHeaders(path: string, value: unknown): (environment: EnvironmentReader) => Headers {
  const given = value === undefined ? {} : loadOtherOptions().headersOption(path, value)
  return environment => {
    if (environment.firstSet(HEADER_VARIABLES) === undefined) return given
    return { ...loadOtherOptions().headersFromEnvironment(environment), ...given }
  }
}

export function planTls(path: string, value: unknown): (environment: EnvironmentReader) => TlsConfig | undefined {
  if (value !== undefined) return loadOtherOptions().planTls(path, value)
  return environment => {
    if (environment.firstSet(TLS_VARIABLES) === undefined) return undefined
    return loadOtherOptions().planTls(path, undefined)(environment)
  }
}

export function chooseProxy(url: URL, environment: EnvironmentReader): string | undefined {
  const isAny = environment.firstSet(PROXY_VARIABLES) !== undefined
  return isAny ? loadOtherOptions().chooseProxy(url, environment) : undefined
}
