import type { Attributes } from '../types/span.ts'
import { VERSION } from '../version.ts'
import { type EnvironmentReader, percentDecode } from './environment.ts'
import { plainObject, text } from './validate.ts'

interface ResourceOptions {
  readonly serviceName?: unknown
  readonly serviceVersion?: unknown
  readonly environment?: unknown
  readonly resource?: unknown
}

/**
 * Checks the options that describe the process. The plan merges, strongest first: serviceName, serviceVersion and
 * environment; the resource option; the variables of those three; OTEL_RESOURCE_ATTRIBUTES; what is found out here.
 */
export function planResource(options: ResourceOptions): (environment: EnvironmentReader) => Attributes {
  const named = {
    'service.name': text('serviceName', options.serviceName),
    'service.version': text('serviceVersion', options.serviceVersion),
    'deployment.environment': text('environment', options.environment),
  }
  const given = resourceOption(options.resource)
  return environment => {
    const listed = readAttributes(environment)
    const merged = new Map<string, unknown>()
    for (const weaker of [identity(listed, environment), [...listed], detected()]) {
      for (const [key, value] of weaker) if (!merged.has(key)) merged.set(key, value)
    }
    for (const [key, value] of [...given, ...Object.entries(named)]) if (value !== undefined) merged.set(key, value)
    return Object.freeze(Object.fromEntries(merged))
  }
}
