import type { ZipkinExporterConfig } from '../types/config.ts'
import { optionsOf } from '../validate.ts'
import { splitCredentials, urlOption } from './endpoint.ts'
import type { EnvironmentReader } from './environment.ts'
import { chooseProxy } from './proxy.ts'
import { NO_TIMEOUT_MS } from './timeout.ts'
import { urlOfVariable } from './url-variable.ts'

const DEFAULT_URL = 'http://localhost:9411/api/v2/spans'
const SPANS_PATH = 'api/v2/spans'

/** Checks the options of a `zipkin` exporter; what they leave out comes from OTEL_EXPORTER_ZIPKIN_*. */
export function planZipkin(
  path: string,
  value: unknown,
): (environment: EnvironmentReader, exportTimeoutMs: number) => ZipkinExporterConfig {
  const url = urlOption(`${path}.url`, optionsOf(path, value, ['kind', 'url']).url, SPANS_PATH)
  return (environment, exportTimeoutMs) => {
    const given = url ?? urlOfVariable(environment, 'OTEL_EXPORTER_ZIPKIN_ENDPOINT', new URL(DEFAULT_URL))
    const endpoint = splitCredentials(given)
    const timeoutMs = environment.integer('OTEL_EXPORTER_ZIPKIN_TIMEOUT', 0, NO_TIMEOUT_MS, exportTimeoutMs, 'ms')
    return {
      kind: 'zipkin',
      url: endpoint.url.href,
      headers: endpoint.headers,
      timeoutMs: timeoutMs || NO_TIMEOUT_MS,
      proxy: chooseProxy(endpoint.url, environment),
    }
  }
}
