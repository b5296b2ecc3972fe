import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { resolveConfig } from '../../src/config.ts'

describe('an environment value that cannot be used yields one notice and the default', () => {
  const on = { ENABLE_TRACING: 'true', OTEL_TRACES_EXPORTER: 'otlp' }
  const rows: [variable: string, value: string, notice: string][] = [
    ['OTEL_SDK_DISABLED', '1', 'must be one of true, false, got "1"; using false'],
    ['ENABLE_TRACING', 'yep', 'must be one of 1, true, yes, y, on, 0, false, no, n, off, got "yep"; ignoring it'],
    [
      'BLUEPRINT_TRACING_ENV_CARRIER',
      'nope',
      'must be one of 1, true, yes, y, on, 0, false, no, n, off, got "nope"; ignoring it',
    ],
    ['OTEL_LOG_LEVEL', 'loud', 'must be one of none, error, warn, info, debug, verbose, all, got "loud"; using info'],
    [
      'OTEL_TRACES_SAMPLER',
      'xray',
      'must be one of always_on, always_off, traceidratio, parentbased_always_on, parentbased_always_off, parentbased_traceidratio, probability, parentbased_probability, got "xray"; using parentbased_always_on',
    ],
    [
      'OTEL_TRACES_SAMPLER_ARG',
      '0.1',
      'is "0.1", but OTEL_TRACES_SAMPLER is not set and only traceidratio, parentbased_traceidratio, probability, parentbased_probability take a ratio; ignoring it',
    ],
    [
      'OTEL_PROPAGATORS',
      'xray',
      'must be none or a comma list of tracecontext, baggage, request-id, b3, b3multi, jaeger, gcp_trace, got "xray"; leaving it out',
    ],
    ['OTEL_ATTRIBUTE_COUNT_LIMIT', '-1', 'must be an integer from 0 to 2147483647, got "-1"; using 128'],
    ['OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT', '1e3', 'must be an integer from 0 to 2147483647, got "1e3"; using Infinity'],
    [
      'OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT',
      '2147483648',
      'must be an integer from 0 to 2147483647, got "2147483648"; using 128',
    ],
    ['OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT', '∞', 'must be an integer from 0 to 2147483647, got "∞"; using Infinity'],
    ['OTEL_SPAN_EVENT_COUNT_LIMIT', '1.5', 'must be an integer from 0 to 2147483647, got "1.5"; using 128'],
    ['OTEL_SPAN_LINK_COUNT_LIMIT', 'x', 'must be an integer from 0 to 2147483647, got "x"; using 128'],
    ['OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT', '0x10', 'must be an integer from 0 to 2147483647, got "0x10"; using 128'],
    [
      'OTEL_LINK_ATTRIBUTE_COUNT_LIMIT',
      '9'.repeat(20),
      `must be an integer from 0 to 2147483647, got "${'9'.repeat(20)}"; using 128`,
    ],
    [
      'OTEL_RESOURCE_ATTRIBUTES',
      'a=%zz',
      'must be a comma list of key=value, percent-encoded, got "a=%zz"; ignoring all of it',
    ],
    [
      'OTEL_EXPORTER_OTLP_ENDPOINT',
      'ftp://c?k=pw',
      'must be an http or https URL, got "ftp://c"; using http://localhost:4318/',
    ],
    [
      'OTEL_EXPORTER_OTLP_ENDPOINT',
      'http://me:p?w@c',
      'must be an http or https URL, got one that may hold a password; using http://localhost:4318/',
    ],
    [
      'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT',
      'http://:1',
      'must be an http or https URL, got "http://:1"; using http://localhost:4318/v1/traces',
    ],
    ['OTEL_EXPORTER_OTLP_PROTOCOL', 'http', 'must be one of http/protobuf, http/json, grpc, got "http"; ignoring it'],
    [
      'OTEL_EXPORTER_OTLP_TRACES_PROTOCOL',
      'json',
      'must be one of http/protobuf, http/json, grpc, got "json"; ignoring it',
    ],
    ['OTEL_EXPORTER_OTLP_COMPRESSION', 'zstd', 'must be one of gzip, none, got "zstd"; using none'],
    ['OTEL_EXPORTER_OTLP_TRACES_COMPRESSION', 'br', 'must be one of gzip, none, got "br"; using none'],
    ['OTEL_EXPORTER_OTLP_TIMEOUT', '10s', 'must be an integer from 0 to 2147483647 ms, got "10s"; using 10000'],
    ['OTEL_EXPORTER_OTLP_TRACES_TIMEOUT', '-5', 'must be an integer from 0 to 2147483647 ms, got "-5"; using 10000'],
    [
      'OTEL_EXPORTER_OTLP_CERTIFICATE',
      '/nowhere/ca.pem',
      'must be a readable PEM file, got "/nowhere/ca.pem" (ENOENT); ignoring it',
    ],
    [
      'OTEL_EXPORTER_OTLP_TRACES_CLIENT_KEY',
      '/',
      'must be a readable PEM file, got "/" (not a file of at most 1 MiB); ignoring it',
    ],
    [
      'OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE',
      'package.json',
      'must be a readable PEM file, got "package.json" (no PEM block in it); ignoring it',
    ],
  ]
  const defaults = JSON.stringify({ ...resolveConfig(undefined, on), summary: '', notices: [] })
  for (const [variable, value, notice] of rows) {
    test(`${variable}=${value}: ${notice}`, () => {
      const config = resolveConfig(undefined, { ...on, [variable]: value })
      assert.deepEqual(config.notices, [`${variable} ${notice}`])
      assert.equal(JSON.stringify({ ...config, summary: '', notices: [] }), defaults)
    })
  }
})

test('a list of many unknown names is cut short', () => {
  const names = Array.from({ length: 500 }, (_, index) => `name${index}`).join(',')
  assert.equal(resolveConfig(undefined, { OTEL_PROPAGATORS: names }).notices.length, 10)
})

test('a long value is cut short', () => {
  const { notices } = resolveConfig(undefined, { OTEL_LOG_LEVEL: 'x'.repeat(100_000) })
  assert.ok(notices[0]!.length < 250, notices[0])
})
