import type { OtlpExporterConfig } from '../types/config.ts'
import { integer, oneOf, optionsOf } from '../validate.ts'
import { chooseProxy, planHeaders, planTls } from './connection.ts'
import { urlOption } from './endpoint.ts'
import type { EnvironmentReader } from './environment.ts'
import { googleUrl, isGoogle } from './google-endpoint.ts'
import { loadOtherOptions } from './load-other-options.ts'
import { chooseEndpoint, PROTOCOLS } from './otlp-endpoint.ts'
import { NO_TIMEOUT_MS } from './timeout.ts'

const MAX_TIMEOUT_MS = 600_000

const OPTIONS = ['kind', 'protocol', 'url', 'headers', 'compression', 'timeoutMs', 'tls', 'auth'] as const
const COMPRESSIONS = ['gzip', 'none'] as const
const AUTHS = ['none', 'google'] as const

/** Checks the options of an `otlp` exporter; what they leave out comes from OTEL_EXPORTER_OTLP_TRACES_* and OTEL_EXPORTER_OTLP_*. */
export function planOtlp(
  path: string,
  value: unknown,
): (environment: EnvironmentReader, exportTimeoutMs: number) => OtlpExporterConfig {
  const given = optionsOf(path, value, OPTIONS)
  const protocol = oneOf(`${path}.protocol`, given.protocol, PROTOCOLS)
  const url = urlOption(`${path}.url`, given.url)
  const headers = planHeaders(`${path}.headers`, given.headers)
  const compression = oneOf(`${path}.compression`, given.compression, COMPRESSIONS)
  const timeoutMs = integer(`${path}.timeoutMs`, given.timeoutMs, 0, MAX_TIMEOUT_MS)
  const tls = planTls(`${path}.tls`, given.tls)
  const auth = oneOf(`${path}.auth`, given.auth, AUTHS)
  return (environment, exportTimeoutMs) => {
    const asked = protocol ?? choose(environment, 'PROTOCOL', PROTOCOLS, undefined)
    const endpoint = chooseEndpoint(asked, url ?? googleUrl(auth, environment), environment)
    const allHeaders = { ...endpoint.headers, ...headers(environment) }
    return {
      kind: 'otlp',
      protocol: endpoint.protocol,
      url: endpoint.url.href,
      headers: allHeaders,
      compression: compression ?? choose(environment, 'COMPRESSION', COMPRESSIONS, 'none'),
      timeoutMs: (timeoutMs ?? timeoutFromEnvironment(environment, exportTimeoutMs)) || NO_TIMEOUT_MS,
      tls: tls(environment),
      proxy: chooseProxy(endpoint.url, environment),
      ...(isGoogle(auth, endpoint.url, allHeaders)
        ? { google: loadOtherOptions().googleFromEnvironment(environment) }
        : {}),
    }
  }
}

/** An enum that the general variable sets and the one for traces overrides. */
function choose<T extends string, F extends T | undefined>(
  environment: EnvironmentReader,
  name: string,
  accepted: readonly T[],
  fallback: F,
): T | F {
  const general = environment.oneOf(`OTEL_EXPORTER_OTLP_${name}`, accepted, fallback)
  return environment.oneOf(`OTEL_EXPORTER_OTLP_TRACES_${name}`, accepted, general)
}

function timeoutFromEnvironment(environment: EnvironmentReader, fallbackMs: number): number {
  const generalMs = environment.integer('OTEL_EXPORTER_OTLP_TIMEOUT', 0, NO_TIMEOUT_MS, fallbackMs, 'ms')
  return environment.integer('OTEL_EXPORTER_OTLP_TRACES_TIMEOUT', 0, NO_TIMEOUT_MS, generalMs, 'ms')
}
