import type { OffConfig } from '../types/config.ts'
import type { LogLevel, PropagatorName, TracingOptions } from '../types/options.ts'
import { offSummary, whyOff } from './enablement.ts'
import { EnvironmentReader } from './environment.ts'
import { projectIdFromEnvironment } from './project-id.ts'
import { propagatorsFromEnvironment } from './propagators.ts'

const CARRIER_VARIABLES = [
  'TRACEPARENT',
  'TRACESTATE',
  'BAGGAGE',
  'REQUEST_ID',
  'B3',
  'X_B3_TRACEID',
  'X_B3_SPANID',
  'X_B3_SAMPLED',
  'X_B3_FLAGS',
  'UBER_TRACE_ID',
  'X_CLOUD_TRACE_CONTEXT',
] as const
const CARRIER_SWITCH = 'BLUEPRINT_TRACING_ENV_CARRIER'

/** The propagators of a process that has not set anything up. */
export function defaultPropagators(environment: NodeJS.ProcessEnv = process.env): readonly PropagatorName[] {
  return propagatorsFromEnvironment(new EnvironmentReader(environment))
}

/** What is said in a process that has not set anything up. */
export function defaultLogLevel(environment: NodeJS.ProcessEnv = process.env): LogLevel | 'none' {
  return readLogLevel(new EnvironmentReader(environment))
}

/** The Google Cloud project that the environment names. */
export function readProjectId(environment: NodeJS.ProcessEnv = process.env): string | undefined {
  return projectIdFromEnvironment(new EnvironmentReader(environment))
}

/** The environment that `childEnv` copies unless it is given one. */
export function currentEnvironment(): NodeJS.ProcessEnv {
  return process.env
}

/** The variables of the parent process's context that are set, of every propagator; only REQUEST_ID where BLUEPRINT_TRACING_ENV_CARRIER is off. */
export function readEnvironmentCarrier(
  environment: NodeJS.ProcessEnv = process.env,
): Record<string, string> | undefined {
  const isOff = new EnvironmentReader(environment).flag(CARRIER_SWITCH) === false
  const carrier: Record<string, string> = {}
  for (const name of isOff ? ['REQUEST_ID'] : CARRIER_VARIABLES) {
    const value = environment[name]
    if (value) carrier[name] = value
  }
  return Object.keys(carrier).length > 0 ? carrier : undefined
}

/** A copy for the export thread, without NODE_OPTIONS: a preload in it would start a second tracer there. */
export function workerEnvironment(environment: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv {
  const { NODE_OPTIONS: _preloads, ...rest } = environment
  return rest
}

/** OTEL_LOG_LEVEL. */
export function readLogLevel(environment: EnvironmentReader): LogLevel | 'none' {
  const level = environment.oneOf(
    'OTEL_LOG_LEVEL',
    ['none', 'error', 'warn', 'info', 'debug', 'verbose', 'all'],
    'info',
  )
  return level === 'verbose' || level === 'all' ? 'debug' : level
}

/** To be called when all else has been read. */
export function noticesOf(environment: EnvironmentReader): readonly string[] {
  environment.flag(CARRIER_SWITCH)
  return environment.notices
}

/**
 * What is decided where nothing is to be recorded, since the environment or `enabled` alone says so; undefined where it takes more
 * options, or the part that records.
 */
export function resolveOff(
  options: TracingOptions | undefined,
  environment: NodeJS.ProcessEnv = process.env,
): OffConfig | undefined {
  const given = enabledAlone(options)
  if (given === undefined) return undefined
  const reader = new EnvironmentReader(environment)
  const reason = whyOff(given.enabled, false, reader)
  if (reason === undefined) return undefined
  return Object.freeze({
    enabled: false,
    propagating: false,
    summary: offSummary(reason),
    propagators: propagatorsFromEnvironment(reader),
    logLevel: readLogLevel(reader),
    notices: noticesOf(reader),
    logger: undefined,
    redact: undefined,
    exitTimeoutMs: undefined,
  })
}

/** Options that are to be checked, or cannot be read, are none of these. */
function enabledAlone(options: TracingOptions | undefined): { readonly enabled?: boolean | undefined } | undefined {
  if (options === undefined) return {}
  try {
    if (typeof options !== 'object' || options === null) return undefined
    const { enabled, ...others } = options
    const isUsable = Object.keys(others).length === 0 && (enabled === undefined || typeof enabled === 'boolean')
    return isUsable ? { enabled } : undefined
  } catch {
    return undefined
  }
}
