import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { resolveOff } from '../../src/config/process.ts'
import { resolveConfig } from '../../src/config.ts'
import type { TracingOptions } from '../../src/types/options.ts'

const off = (reason: string): string => `off, because ${reason}`
const NOTHING = off('nothing turns it on')
const FILE: TracingOptions = { exporters: { kind: 'file' } }

describe('whether tracing is on', () => {
  const rows: [options: TracingOptions, environment: NodeJS.ProcessEnv, off: string | undefined][] = [
    [{}, {}, NOTHING],
    [{ enabled: true }, {}, undefined],
    [{ enabled: false }, {}, off('the enabled option is false')],
    [{ enabled: true }, { ENABLE_TRACING: '0', OTEL_SDK_DISABLED: 'true' }, undefined],
    [{ enabled: false }, { ENABLE_TRACING: '1', OTEL_TRACES_EXPORTER: 'otlp' }, off('the enabled option is false')],
    [{ enabled: false, ...FILE }, {}, off('the enabled option is false')],
    [FILE, {}, undefined],
    [{ exporters: [] }, {}, undefined],
    [{ exporters: undefined }, {}, NOTHING],
    [FILE, { ENABLE_TRACING: 'off' }, off('ENABLE_TRACING is off')],
    [FILE, { OTEL_SDK_DISABLED: 'true' }, off('OTEL_SDK_DISABLED is true')],
    ...['1', 'true', 'yes', 'y', 'on', 'TRUE', ' On '].map(word => on({ ENABLE_TRACING: word })),
    [{}, { ENABLE_TRACING: '0' }, off('ENABLE_TRACING is 0')],
    [{}, { ENABLE_TRACING: 'False' }, off('ENABLE_TRACING is False')],
    [{}, { ENABLE_TRACING: 'no', PIPELINE_ENV: 'production' }, off('ENABLE_TRACING is no')],
    [{}, { ENABLE_TRACING: 'N', OTEL_TRACES_EXPORTER: 'otlp' }, off('ENABLE_TRACING is N')],
    [{}, { ENABLE_TRACING: 'off', JAEGER_ENDPOINT: 'j' }, off('ENABLE_TRACING is off')],
    [{}, { ENABLE_TRACING: '' }, NOTHING],
    [{}, { ENABLE_TRACING: 'maybe' }, NOTHING],
    on({ ENABLE_TRACING: 'maybe', PIPELINE_ENV: 'production' }),
    [{}, { OTEL_SDK_DISABLED: 'TRUE', ENABLE_TRACING: '1' }, off('OTEL_SDK_DISABLED is true')],
    on({ OTEL_SDK_DISABLED: 'false', ENABLE_TRACING: '1' }),
    on({ OTEL_SDK_DISABLED: '1', ENABLE_TRACING: '1' }),
    on({ PIPELINE_ENV: 'production' }),
    [{}, { PIPELINE_ENV: 'staging' }, NOTHING],
    [{}, { PIPELINE_ENV: 'local', DEBUG_TRACING: 'true' }, NOTHING],
    on({ GCP_PROJECT_ID: 'p' }),
    [{}, { GOOGLE_CLOUD_PROJECT: 'p' }, NOTHING],
    on({ JAEGER_ENDPOINT: 'j:6831' }),
    on({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c:4318' }),
    on({ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://c:4318/v1/traces' }),
    [{}, { OTEL_EXPORTER_OTLP_ENDPOINT: ' ' }, NOTHING],
    [{}, { OTEL_EXPORTER_OTLP_HEADERS: 'a=b', OTEL_SERVICE_NAME: 's' }, NOTHING],
    on({ OTEL_TRACES_EXPORTER: 'console' }),
    on({ OTEL_TRACES_EXPORTER: 'unheard-of' }),
    on({ OTEL_TRACES_EXPORTER: 'none' }),
    [{}, { OTEL_TRACES_EXPORTER: '' }, NOTHING],
  ]
  for (const [options, environment, reason] of rows) {
    test(`${JSON.stringify(options)} with ${JSON.stringify(environment)}: ${reason ?? 'on'}`, () => {
      const config = resolveConfig(options, environment)
      assert.equal(config.propagating, reason === undefined)
      if (reason !== undefined) assert.deepEqual([config.enabled, config.summary], [false, reason])
    })
  }

  test('what is decided without the part that records is what that decides', () => {
    let decided = 0
    for (const [options, environment] of rows) {
      const off = resolveOff(options, environment)
      if (off === undefined) continue
      decided++
      const config = resolveConfig(options, environment)
      assert.deepEqual({ ...config, ...off, exitTimeoutMs: config.exitTimeoutMs }, config)
    }
    assert.ok(decided > 10 && decided < rows.length)
  })

  test('options that have to be checked are left to it', () => {
    const hostile = new Proxy({}, { ownKeys: () => assert.fail('read') })
    const wrong = [null, 7, { enabled: 'no' }, { enabled: false, exporter: 1 }, hostile] as unknown as TracingOptions[]
    for (const options of wrong) assert.equal(resolveOff(options, {}), undefined)
  })
})

function on(environment: NodeJS.ProcessEnv): [TracingOptions, NodeJS.ProcessEnv, undefined] {
  return [{}, environment, undefined]
}
