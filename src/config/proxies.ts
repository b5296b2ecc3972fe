import type { ProxySettings } from '../types/config.ts'
import { describeAddress, EXPECTED_URL, parseHttpAddress } from './address.ts'
import type { EnvironmentReader } from './environment.ts'

/** For URLs that are not known yet. */
export function readProxies(environment: EnvironmentReader): ProxySettings {
  return {
    https: readProxy('HTTPS_PROXY', environment),
    http: readProxy('HTTP_PROXY', environment),
    exceptions: readExceptions(environment),
  }
}

export function readExceptions(environment: EnvironmentReader): string {
  return environment.text(environment.firstSet(['no_proxy', 'NO_PROXY']) ?? 'NO_PROXY') ?? ''
}

export function readProxy(name: string, environment: EnvironmentReader): string | undefined {
  const variable = environment.firstSet([name.toLowerCase(), name])
  if (variable === undefined) return undefined
  const value = environment.text(variable) ?? ''
  const proxy = parseHttpAddress(value)
  if (proxy === undefined) environment.refuse(variable, EXPECTED_URL, 'using no proxy', describeAddress(value))
  return proxy?.href
}
