import { isExempt } from '../net/no-proxy.ts'
import type { ProxySettings } from '../types/config.ts'
import { describeAddress, EXPECTED_URL, parseHttpAddress } from './address.ts'
import type { EnvironmentReader } from './environment.ts'

/** The proxy for requests to `url`, or undefined. The lower-case variable wins; this machine is never reached by proxy. */
export function chooseProxy(url: URL, environment: EnvironmentReader): string | undefined {
  const name = url.protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY'
  return isExempt(url, exceptions(environment)) ? undefined : readProxy(name, environment)
}

/** For URLs that are not known yet. */
export function readProxies(environment: EnvironmentReader): ProxySettings {
  return {
    https: readProxy('HTTPS_PROXY', environment),
    http: readProxy('HTTP_PROXY', environment),
    exceptions: exceptions(environment),
  }
}

function exceptions(environment: EnvironmentReader): string {
  return environment.text(environment.firstSet(['no_proxy', 'NO_PROXY']) ?? 'NO_PROXY') ?? ''
}

function readProxy(name: string, environment: EnvironmentReader): string | undefined {
  const variable = environment.firstSet([name.toLowerCase(), name])
  if (variable === undefined) return undefined
  const value = environment.text(variable) ?? ''
  const proxy = parseHttpAddress(value)
  if (proxy === undefined) environment.refuse(variable, EXPECTED_URL, 'using no proxy', describeAddress(value))
  return proxy?.href
}
