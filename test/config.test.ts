import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { currentEnvironment, readEnvironmentCarrier, workerEnvironment } from '../src/config/process.ts'
import { resolveConfig } from '../src/config.ts'
import type { TracingOptions } from '../src/types/options.ts'

const MIB = 1_048_576
const quiet = (): void => {}
const logger = { error: quiet, warn: quiet, info: quiet, debug: quiet }
const custom = { name: 'mine', export: () => ({ outcome: 'acked' as const }) }
const pattern = /token/g
const redactWith = (): undefined => undefined
const show = (value: unknown): string =>
  JSON.stringify(value, (_key, part) => (typeof part === 'function' ? 'ƒ' : part))

describe('an option that is given is taken', () => {
  const rows: [options: TracingOptions, shown: string][] = [
    [{ exportThread: 'main' }, 'main'],
    [{ exitTimeoutMs: 0 }, '0'],
    [{ handleSignals: false }, 'false'],
    [{ logger: false }, 'false'],
    [{ logger }, 'an object'],
    [{ logger: console }, 'console'],
  ]
  for (const [options, shown] of rows) {
    const [name] = Object.keys(options) as ['exportThread' | 'exitTimeoutMs' | 'handleSignals' | 'logger']
    test(`${name}: ${shown}`, () => assert.equal(resolveConfig(options, {})[name], options[name]))
  }
})

test('an option that is undefined has its default', () => {
  const options: TracingOptions = {
    serviceName: undefined,
    retry: undefined,
    limits: { eventCount: undefined as never },
  }
  assert.deepEqual(resolveConfig(options, {}), resolveConfig(undefined, {}))
})

test('without options and variables tracing is off and everything has its default', () => {
  assert.deepEqual(resolveConfig(undefined, {}), {
    enabled: false,
    propagating: false,
    summary: 'off, because nothing turns it on',
    resource: {},
    exporters: [],
    sampler: { kind: 'parentbased_always_on' },
    propagators: ['tracecontext', 'baggage', 'request-id'],
    limits: {
      attributeCount: 128,
      attributeValueLength: Number.POSITIVE_INFINITY,
      eventCount: 128,
      linkCount: 128,
      attributesPerEvent: 128,
      attributesPerLink: 128,
    },
    redact: undefined,
    exportThread: 'worker',
    delivery: {
      maxQueueBytes: 64 * MIB,
      maxBatchBytes: 512 * 1_024,
      maxBatchDelayMs: 500,
      exportTimeoutMs: 10_000,
      retry: { maxElapsedMs: 120_000, initialDelayMs: 1_000, maxDelayMs: 30_000 },
    },
    exitTimeoutMs: 2_000,
    handleSignals: true,
    logLevel: 'info',
    notices: [],
    logger: undefined,
  })
})

test('the environment is process.env unless another is given', () => {
  assert.equal(currentEnvironment(), process.env)
  process.env.OTEL_LOG_LEVEL = 'warn'
  try {
    assert.equal(resolveConfig(undefined).logLevel, 'warn')
  } finally {
    delete process.env.OTEL_LOG_LEVEL
  }
})

describe('OTEL_LOG_LEVEL', () => {
  const rows = {
    none: 'none',
    error: 'error',
    WARN: 'warn',
    Info: 'info',
    debug: 'debug',
    verbose: 'debug',
    ALL: 'debug',
    '': 'info',
    ' ': 'info',
  }
  for (const [value, level] of Object.entries(rows)) {
    test(`"${value}" is ${level}`, () => {
      const config = resolveConfig(undefined, { OTEL_LOG_LEVEL: value })
      assert.equal(config.logLevel, level)
      assert.deepEqual(config.notices, [])
    })
  }
})

describe('the result', () => {
  const options: TracingOptions = {
    resource: { list: [1, 2], nested: { a: 1 } },
    exporters: [
      { kind: 'otlp', headers: { A: 'b' }, tls: { serverName: 's' } },
      { kind: 'custom', exporter: custom },
    ],
    retry: { maxDelayMs: 9 },
    propagators: ['baggage'],
    sampler: { kind: 'traceidratio', ratio: 0.5 },
    redact: { keys: [pattern], with: redactWith },
    logger,
  }

  test('is frozen, all but what belongs to the program', () => {
    const config = resolveConfig(options, {})
    const [otlp, mine] = config.exporters
    assert.ok(otlp?.kind === 'otlp' && mine?.kind === 'custom')
    const { notices, resource, exporters, sampler, propagators, limits, redact, delivery } = config
    const outer = [config, notices, resource, exporters, sampler, propagators, limits, redact, redact?.keys, delivery]
    const inner = [resource.list, otlp, otlp.headers, otlp.tls, mine, delivery.retry]
    for (const part of [...outer, ...inner]) assert.ok(Object.isFrozen(part), show(part))
    assert.equal(mine.exporter, custom)
    for (const theirs of [custom, logger, pattern, redactWith, options.resource!.nested])
      assert.ok(!Object.isFrozen(theirs), show(theirs))
  })

  test('leaves the options as they were', () => {
    const before = show(options)
    resolveConfig(options, { OTEL_EXPORTER_OTLP_HEADERS: 'x=y', OTEL_RESOURCE_ATTRIBUTES: 'k=v' })
    assert.equal(show(options), before)
    assert.ok(!Object.isFrozen(options.exporters) && !Object.isFrozen(options.resource!.list))
  })
})

test('while tracing is off no exporter, file or resource is looked at', () => {
  const config = resolveConfig(
    { enabled: false, exporters: { kind: 'otlp', tls: { caFile: '/nowhere' } }, serviceName: 'a' },
    {
      OTEL_TRACES_SAMPLER: 'bad',
      OTEL_SPAN_EVENT_COUNT_LIMIT: 'bad',
      OTEL_RESOURCE_ATTRIBUTES: 'bad',
      OTEL_TRACES_EXPORTER: 'bad',
    },
  )
  assert.deepEqual(config.exporters, [])
  assert.deepEqual(config.resource, {})
  assert.deepEqual(config.notices, [])
})

describe('readEnvironmentCarrier', () => {
  const parent = { TRACEPARENT: '00-a', TRACESTATE: 'b=c', BAGGAGE: 'd=e', REQUEST_ID: 'f' }
  const rows: [environment: NodeJS.ProcessEnv, carrier: Record<string, string> | undefined][] = [
    [{}, undefined],
    [{ PATH: '/bin', TRACEPARENT: '' }, undefined],
    [{ ...parent, PATH: '/bin' }, parent],
    [{ TRACEPARENT: '00-a' }, { TRACEPARENT: '00-a' }],
    [{ ...parent, BLUEPRINT_TRACING_ENV_CARRIER: 'off' }, { REQUEST_ID: 'f' }],
    [{ TRACEPARENT: '00-a', BLUEPRINT_TRACING_ENV_CARRIER: 'OFF' }, undefined],
    [{ ...parent, BLUEPRINT_TRACING_ENV_CARRIER: 'on' }, parent],
    [{ ...parent, BLUEPRINT_TRACING_ENV_CARRIER: 'maybe' }, parent],
  ]
  for (const [environment, carrier] of rows) {
    test(`${show(environment)} gives ${show(carrier)}`, () => {
      assert.deepEqual(readEnvironmentCarrier(environment), carrier)
    })
  }
})

test('workerEnvironment is a copy without NODE_OPTIONS', () => {
  const environment = { PATH: '/bin', NODE_OPTIONS: '--import x' }
  assert.deepEqual(workerEnvironment(environment), { PATH: '/bin' })
  assert.equal(environment.NODE_OPTIONS, '--import x')
})
