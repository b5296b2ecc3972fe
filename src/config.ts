import { resolveDelivery } from './config/delivery.ts'
import { offSummary, whyOff } from './config/enablement.ts'
import { EnvironmentReader } from './config/environment.ts'
import { type Destination, planExporters, resolveDestination } from './config/exporters.ts'
import { resolveLimits } from './config/limits.ts'
import { loadOtherOptions } from './config/load-other-options.ts'
import { noticesOf, readLogLevel } from './config/process.ts'
import { resolvePropagators } from './config/propagators-option.ts'
import { planResource } from './config/resource.ts'
import { resolveSampler } from './config/sampler.ts'
import type { Config } from './types/config.ts'
import type { Logger, LogLevel, TracingOptions } from './types/options.ts'
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
    redact: given.redact === undefined ? undefined : loadOtherOptions().redactOption(given.redact),
    exportThread: oneOf('exportThread', given.exportThread, ['worker', 'main']) ?? 'worker',
    delivery,
    exitTimeoutMs: integer('exitTimeoutMs', given.exitTimeoutMs, 0, 60_000) ?? 2_000,
    handleSignals: boolean('handleSignals', given.handleSignals) ?? true,
    logLevel: readLogLevel(reader),
    notices: noticesOf(reader),
  }
  return Object.freeze({ ...deepFreeze(settled), logger: loggerOption(given.logger) })
}

function switchedOff(reason: string): Destination {
  return { exporters: [], summary: offSummary(reason) }
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
