import { resolveDelivery } from './config/delivery.ts'
import { whyOff } from './config/enablement.ts'
import { EnvironmentReader } from './config/environment.ts'
import { type Destination, planExporters, resolveDestination } from './config/exporters.ts'
import { projectIdFromEnvironment } from './config/google.ts'
import { resolveLimits } from './config/limits.ts'
import { resolvePropagators } from './config/propagators.ts'
import { resolveRedact } from './config/redact.ts'
import { planResource } from './config/resource.ts'
import { resolveSampler } from './config/sampler.ts'
import type { Config } from './types/config.ts'
import type { Logger, LogLevel, PropagatorName, TracingOptions } from './types/options.ts'
import { boolean, integer, oneOf, optionsOf, requiredFunction, wrongType } from './validate.ts'

const OPTIONS: readonly (keyof TracingOptions)[] = [
  'serviceName',
  'serviceVersion',
  'environment',
  'resource',
  'enabled',
  'exporters',
  'sampler',
  'propagators',
  'limits',
  'redact',
  'exportThread',
  'maxQueueBytes',
  'maxBatchBytes',
  'maxBatchDelayMs',
  'exportTimeoutMs',
  'retry',
  'exitTimeoutMs',
  'handleSignals',
  'logger',
]
const LOGGER_METHODS: readonly LogLevel[] = ['error', 'warn', 'info', 'debug']
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
const NO_VARIABLES = new EnvironmentReader({})

/**
 * Checks `options`, fills in what they leave to `environment` (default process.env) and freezes the result.
 * Throws TypeError or RangeError on a wrong option; an environment value that cannot be used becomes a notice instead.
 * While tracing is off, exporters and resource stay empty and only the variables that matter then are read.
 */
export function resolveConfig(
  options: TracingOptions | undefined,
  environment: NodeJS.ProcessEnv = process.env,
): Config {
  const given = optionsOf('options', options === undefined ? {} : options, OPTIONS)
  const plans = planExporters(given.exporters)
  const resource = planResource(given)
  const delivery = resolveDelivery(given)
  const reader = new EnvironmentReader(environment)
  const reasonOff = whyOff(boolean('enabled', given.enabled), plans !== undefined, reader)
  const active = reasonOff === undefined ? reader : NO_VARIABLES
  const { exporters, summary } =
    reasonOff === undefined ? resolveDestination(plans, reader, delivery.exportTimeoutMs) : switchedOff(reasonOff)
  const enabled = exporters.length > 0
  const settled = {
    enabled,
    propagating: reasonOff === undefined,
    summary,
    resource: enabled ? resource(reader) : {},
    exporters,
    sampler: resolveSampler(given.sampler, active),
    propagators: resolvePropagators(given.propagators, reader),
    limits: resolveLimits(given.limits, active),
    redact: resolveRedact(given.redact),
    exportThread: oneOf('exportThread', given.exportThread, ['worker', 'main']) ?? 'worker',
    delivery,
    exitTimeoutMs: integer('exitTimeoutMs', given.exitTimeoutMs, 0, 60_000) ?? 2_000,
    handleSignals: boolean('handleSignals', given.handleSignals) ?? true,
    logLevel: readLogLevel(reader),
    notices: noticesOf(reader),
  }
  return Object.freeze({ ...deepFreeze(settled), logger: loggerOption(given.logger) })
}

/** The propagators of a process that has not set anything up. */
export function defaultPropagators(environment: NodeJS.ProcessEnv = process.env): readonly PropagatorName[] {
  return resolvePropagators(undefined, new EnvironmentReader(environment))
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

function switchedOff(reason: string): Destination {
  return { exporters: [], summary: `off, because ${reason}` }
}

function readLogLevel(environment: EnvironmentReader): LogLevel | 'none' {
  const level = environment.oneOf(
    'OTEL_LOG_LEVEL',
    ['none', 'error', 'warn', 'info', 'debug', 'verbose', 'all'],
    'info',
  )
  return level === 'verbose' || level === 'all' ? 'debug' : level
}

/** To be called when all else has been read. */
function noticesOf(environment: EnvironmentReader): readonly string[] {
  environment.flag(CARRIER_SWITCH)
  return environment.notices
}

function loggerOption(value: unknown): Logger | false | undefined {
  if (value === undefined || value === false) return value
  const isObject = (typeof value === 'object' && value !== null) || typeof value === 'function'
  if (!isObject) throw wrongType('logger', 'false or an object with the functions error, warn, info and debug', value)
  for (const method of LOGGER_METHODS) requiredFunction(`logger.${method}`, (value as Partial<Logger>)[method])
  return value as Logger
}

/** Stops at what is frozen already: that holds objects of the program's own. */
function deepFreeze<T extends object>(value: T): T {
  for (const part of Object.values(value)) {
    if (typeof part === 'object' && part !== null && !Object.isFrozen(part)) deepFreeze(part)
  }
  return Object.freeze(value)
}
