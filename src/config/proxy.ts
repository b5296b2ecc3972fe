import { isExempt } from '../net/no-proxy.ts'
import type { EnvironmentReader } from './environment.ts'
import { readExceptions, readProxy } from './proxies.ts'

/** The proxy for requests to `url`, or undefined. The lower-case variable wins; this machine is never reached by proxy. */
export function chooseProxy(url: URL, environment: EnvironmentReader): string | undefined {
  const name = url.protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY'
  return isExempt(url, readExceptions(environment)) ? undefined : readProxy(name, environment)
}
