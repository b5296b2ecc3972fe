import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { EnvironmentReader } from '../../src/config/environment.ts'
import { planOtlp } from '../../src/config/otlp.ts'

const GOOGLE = 'https://telemetry.googleapis.com'

describe("OTLP with Google's credentials:", () => {
  const rows: readonly [
    options: object,
    variables: Record<string, string>,
    url: string,
    protocol: string,
    project: string | undefined | false,
  ][] = [
    [{}, {}, 'http://localhost:4318/v1/traces', 'http/protobuf', false],
    [{ auth: 'none' }, {}, 'http://localhost:4318/v1/traces', 'http/protobuf', false],
    [{ auth: 'google' }, {}, `${GOOGLE}/v1/traces`, 'http/protobuf', undefined],
    [{ auth: 'google' }, { GCP_PROJECT_ID: 'p' }, `${GOOGLE}/v1/traces`, 'http/protobuf', 'p'],
    [{ auth: 'google', protocol: 'http/json' }, {}, `${GOOGLE}/v1/traces`, 'http/json', undefined],
    [{ auth: 'google', protocol: 'grpc' }, {}, `${GOOGLE}/`, 'grpc', undefined],
    [{ auth: 'google' }, { OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' }, `${GOOGLE}/`, 'grpc', undefined],
    [{ auth: 'google', url: 'http://c:1' }, {}, 'http://c:1/v1/traces', 'http/protobuf', undefined],
    [
      { auth: 'google' },
      { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c:1' },
      'http://c:1/v1/traces',
      'http/protobuf',
      undefined,
    ],
    [{ url: GOOGLE }, {}, `${GOOGLE}/v1/traces`, 'http/protobuf', undefined],
    [{}, { OTEL_EXPORTER_OTLP_ENDPOINT: GOOGLE }, `${GOOGLE}/v1/traces`, 'http/protobuf', undefined],
    [{ url: GOOGLE, auth: 'none' }, {}, `${GOOGLE}/v1/traces`, 'http/protobuf', false],
    [{ url: GOOGLE, headers: { Authorization: 'Bearer x' } }, {}, `${GOOGLE}/v1/traces`, 'http/protobuf', false],
    [{ url: `${GOOGLE}.example.com` }, {}, `${GOOGLE}.example.com/v1/traces`, 'http/protobuf', false],
  ]
  for (const [options, variables, url, protocol, project] of rows) {
    const how = project === false ? 'without' : `with, project ${project}`
    test(`${JSON.stringify(options)}, ${JSON.stringify(variables)}: ${protocol} to ${url} ${how}`, () => {
      const config = planOtlp('exporters', { kind: 'otlp', ...options })(new EnvironmentReader(variables), 7_000)
      assert.deepEqual([config.url, config.protocol], [url, protocol])
      assert.equal(config.google !== undefined, project !== false)
      if (project !== false) assert.equal(config.google?.projectId, project)
    })
  }
})
