import type { Attributes } from '../types/span.ts'
import { plainObject, text } from '../validate.ts'
import { VERSION } from '../version.ts'
import { type EnvironmentReader, percentDecode } from './environment.ts'

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
    for (const [key, value] of [...identity(listed, environment), ...listed, ...detected()]) {
      if (!merged.has(key)) merged.set(key, value)
    }
    for (const [key, value] of [...given, ...Object.entries(named)]) {
      if (value !== undefined && value !== null) merged.set(key, value)
    }
    return Object.freeze(Object.fromEntries(merged))
  }
}

/** Arrays are copied, so that the program may go on using its own. */
function resourceOption(value: unknown): readonly (readonly [string, unknown])[] {
  if (value === undefined) return []
  return Object.entries(plainObject('resource', value)).map(([key, attribute]) => {
    if (key === '') throw new RangeError('resource must be an object with non-empty keys, got an empty key')
    return [key, Array.isArray(attribute) ? Object.freeze([...attribute]) : attribute]
  })
}

function identity(listed: ReadonlyMap<string, string>, environment: EnvironmentReader): [string, string][] {
  const pick = (key: string, variable: string, fallback: string): [string, string] => [
    key,
    environment.text(variable) ?? listed.get(key) ?? fallback,
  ]
  return [
    pick('service.name', 'OTEL_SERVICE_NAME', 'blueprint-pipeline'),
    pick('service.version', 'SERVICE_VERSION', 'unknown'),
    pick('deployment.environment', 'PIPELINE_ENV', 'local'),
  ]
}

/** OTEL_RESOURCE_ATTRIBUTES, key=value pairs with percent-encoding. One error discards all of them. */
function readAttributes(environment: EnvironmentReader): ReadonlyMap<string, string> {
  const attributes = new Map<string, string>()
  for (const pair of (environment.text('OTEL_RESOURCE_ATTRIBUTES') ?? '').split(',')) {
    if (pair.trim() === '') continue
    const equals = pair.indexOf('=')
    const key = percentDecode(pair.slice(0, Math.max(equals, 0)).trim())
    const value = percentDecode(pair.slice(equals + 1).trim())
    if (!key || value === undefined) {
      environment.refuse('OTEL_RESOURCE_ATTRIBUTES', 'a comma list of key=value, percent-encoded', 'ignoring all of it')
      return new Map()
    }
    attributes.set(key, value)
  }
  return attributes
}

function detected(): [string, unknown][] {
  return [
    ['host.name', process.getBuiltinModule('node:os').hostname()],
    ['process.pid', process.pid],
    ['process.runtime.name', 'nodejs'],
    ['process.runtime.version', process.versions.node],
    ['process.executable.name', process.getBuiltinModule('node:path').basename(process.execPath)],
    ['telemetry.sdk.language', 'nodejs'],
    ['telemetry.sdk.name', 'blueprint-tracing'],
    ['telemetry.sdk.version', VERSION],
  ]
}
