import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { EnvironmentReader } from '../../src/config/environment.ts'
import { planOtlp } from '../../src/config/otlp.ts'
import type { OtlpExporterConfig } from '../../src/types/config.ts'
import type { OtlpExporterOptions } from '../../src/types/options.ts'

const EXPORT_TIMEOUT_MS = 7_000
const NO_TIMEOUT_MS = 2_147_483_647
const DEFAULTS: OtlpExporterConfig = {
  kind: 'otlp',
  protocol: 'http/protobuf',
  url: 'http://localhost:4318/v1/traces',
  headers: {},
  compression: 'none',
  timeoutMs: EXPORT_TIMEOUT_MS,
  tls: undefined,
  proxy: undefined,
}

type Fields = Omit<OtlpExporterOptions, 'kind'>
type Row = [options: Fields, variables: Record<string, string>, result: Partial<OtlpExporterConfig>]

/** The variables stand without OTEL_EXPORTER_OTLP_. */
describe('an otlp exporter', () => {
  const rows: Row[] = [
    [{}, {}, {}],
    [{ protocol: 'http/protobuf' }, { PROTOCOL: 'grpc' }, {}],
    [{}, { PROTOCOL: 'http/json', TRACES_PROTOCOL: 'HTTP/Protobuf' }, {}],
    [{ protocol: 'grpc' }, { PROTOCOL: 'http/json' }, { protocol: 'grpc', url: 'http://localhost:4317/' }],
    [{}, { PROTOCOL: 'grpc' }, { protocol: 'grpc', url: 'http://localhost:4317/' }],
    [{}, { PROTOCOL: 'grpc', ENDPOINT: 'https://c/x?y' }, { protocol: 'grpc', url: 'https://c/' }],
    [{}, { ENDPOINT: 'http://c:4317' }, { protocol: 'grpc', url: 'http://c:4317/' }],
    [{}, { TRACES_ENDPOINT: 'http://c:4317' }, { protocol: 'grpc', url: 'http://c:4317/' }],
    [{ url: 'http://c:4317/v1/traces' }, {}, { protocol: 'grpc', url: 'http://c:4317/' }],
    [{ url: 'http://c:4317' }, { PROTOCOL: 'http/protobuf' }, { url: 'http://c:4317/v1/traces' }],
    [
      {},
      { PROTOCOL: 'http/json', ENDPOINT: 'http://c:4317' },
      { protocol: 'http/json', url: 'http://c:4317/v1/traces' },
    ],
    [{}, { ENDPOINT: 'c:4317' }, { protocol: 'grpc', url: 'https://c:4317/' }],
    [{}, { ENDPOINT: 'c:4317', INSECURE: 'true' }, { protocol: 'grpc', url: 'http://c:4317/' }],
    [
      {},
      { ENDPOINT: 'c:4317', INSECURE: 'true', TRACES_INSECURE: 'false' },
      { protocol: 'grpc', url: 'https://c:4317/' },
    ],
    [{}, { ENDPOINT: 'http://c:4317', INSECURE: 'false' }, { protocol: 'grpc', url: 'http://c:4317/' }],
    [{}, { PROTOCOL: 'grpc', ENDPOINT: 'c', TRACES_INSECURE: 'true' }, { protocol: 'grpc', url: 'http://c/' }],
    [{ url: 'http://c:4317' }, { ENDPOINT: 'other:4317' }, { protocol: 'grpc', url: 'http://c:4317/' }],
    [
      { url: 'http://me:pw@c:4317' },
      {},
      { protocol: 'grpc', url: 'http://c:4317/', headers: { authorization: 'Basic bWU6cHc=' } },
    ],
    [{ protocol: 'http/json' }, {}, { protocol: 'http/json' }],
    [{}, { PROTOCOL: 'http/json' }, { protocol: 'http/json' }],
    [{}, { TRACES_PROTOCOL: 'HTTP/JSON' }, { protocol: 'http/json' }],
    [{}, { ENDPOINT: 'http://c' }, { url: 'http://c/v1/traces' }],
    [{ url: 'http://o/x' }, { ENDPOINT: 'http://c', TRACES_ENDPOINT: 'bad://' }, { url: 'http://o/x' }],
    [{ compression: 'gzip' }, {}, { compression: 'gzip' }],
    [{}, { COMPRESSION: 'GZIP' }, { compression: 'gzip' }],
    [{}, { COMPRESSION: 'gzip', TRACES_COMPRESSION: 'none' }, { compression: 'none' }],
    [{}, { TRACES_COMPRESSION: 'gzip' }, { compression: 'gzip' }],
    [{ compression: 'none' }, { COMPRESSION: 'gzip' }, { compression: 'none' }],
    [{ timeoutMs: 5 }, { TIMEOUT: '6' }, { timeoutMs: 5 }],
    [{}, { TIMEOUT: '6' }, { timeoutMs: 6 }],
    [{}, { TIMEOUT: '6', TRACES_TIMEOUT: '8' }, { timeoutMs: 8 }],
    [{ timeoutMs: 0 }, {}, { timeoutMs: NO_TIMEOUT_MS }],
    [{}, { TIMEOUT: '0' }, { timeoutMs: NO_TIMEOUT_MS }],
    [{}, { TIMEOUT: '6', TRACES_TIMEOUT: '0' }, { timeoutMs: NO_TIMEOUT_MS }],
    [{ headers: { A: '1' } }, {}, { headers: { a: '1' } }],
    [
      { headers: { C: 'code' } },
      { HEADERS: 'a=general,b=general,c=general', TRACES_HEADERS: 'b=traces,c=traces' },
      { headers: { a: 'general', b: 'traces', c: 'code' } },
    ],
    [{ url: 'http://me:pw@o' }, {}, { url: 'http://o/v1/traces', headers: { authorization: 'Basic bWU6cHc=' } }],
    [{}, { ENDPOINT: 'http://me:pw@c' }, { url: 'http://c/v1/traces', headers: { authorization: 'Basic bWU6cHc=' } }],
    [
      { url: 'http://me:pw@o/x' },
      { HEADERS: 'Authorization=Bearer%20t' },
      { url: 'http://o/x', headers: { authorization: 'Bearer t' } },
    ],
    [{ tls: {} }, {}, { tls: undefined }],
    [{ tls: { rejectUnauthorized: false } }, {}, { tls: { rejectUnauthorized: false } }],
  ]
  for (const [options, variables, result] of rows) {
    test(`${JSON.stringify(options)} with ${JSON.stringify(variables)} gives ${JSON.stringify(result)}`, () => {
      const prefixed = Object.entries(variables).map(([name, value]) => [`OTEL_EXPORTER_OTLP_${name}`, value] as const)
      const environment = new EnvironmentReader(Object.fromEntries(prefixed))
      const config = planOtlp('exporters', { kind: 'otlp', ...options })(environment, EXPORT_TIMEOUT_MS)
      assert.deepEqual(config, { ...DEFAULTS, ...result })
      assert.deepEqual(environment.notices, [])
    })
  }
})
