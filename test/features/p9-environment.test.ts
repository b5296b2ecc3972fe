import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { type Collector, startCollector } from '../support/collector.ts'
import { meetTrouble, type TroubleResult } from '../support/trouble.ts'

let collector: Collector
before(async () => {
  collector = await startCollector()
})
after(() => collector.stop())

const SWITCH = 'must be one of 1, true, yes, y, on, 0, false, no, n, off'
const COUNT = 'must be an integer from 0 to 2147483647'
const MILLISECONDS = `${COUNT} ms`
const PEM = 'must be a readable PEM file'
const SAMPLERS =
  'must be one of always_on, always_off, traceidratio, parentbased_always_on, parentbased_always_off, ' +
  'parentbased_traceidratio, probability, parentbased_probability'
const EXPORTERS = 'must be none or a comma list of otlp, jaeger, gcp_trace, zipkin, console, file'
const URL_TEXT = 'must be an http or https URL'
const HEADERS =
  'must be a comma list of name=value, the values percent-encoded and the names not set by the exporter itself, ' +
  'got something else at position'
const NO_PEM = fileURLToPath(new URL('../../package.json', import.meta.url))
const PROPAGATORS = 'must be none or a comma list of tracecontext, baggage, request-id, b3, b3multi, jaeger, gcp_trace'
const PAIRS = 'must be a comma list of key=value, percent-encoded'

type Row = readonly [variable: string, value: string, sentence: string]

/**
 * Each group is one process, which has all of it wrong at once. Its span arrives in spite of that: what is wrong has been
 * replaced by what the sentence says.
 */
const groups: readonly {
  readonly what: string
  readonly env: Record<string, string>
  readonly rows: readonly Row[]
}[] = [
  {
    what: 'in all that can be set',
    env: {},
    rows: [
      ['OTEL_SDK_DISABLED', 'yes', 'must be one of true, false, got "yes"; using false'],
      ['ENABLE_TRACING', 'please', `${SWITCH}, got "please"; ignoring it`],
      ['BLUEPRINT_TRACING_ENV_CARRIER', 'never', `${SWITCH}, got "never"; ignoring it`],
      ['OTEL_TRACES_EXPORTER', 'otlp,stdout', `${EXPORTERS}, got "stdout"; leaving it out`],
      ['OTEL_PROPAGATORS', 'tracecontext,xray', `${PROPAGATORS}, got "xray"; leaving it out`],
      ['OTEL_TRACES_SAMPLER', 'jaeger_remote', `${SAMPLERS}, got "jaeger_remote"; using parentbased_always_on`],
      ['OTEL_RESOURCE_ATTRIBUTES', 'team=render,zone', `${PAIRS}, got "team=render,zone"; ignoring all of it`],
      ['OTEL_ATTRIBUTE_COUNT_LIMIT', '-1', `${COUNT}, got "-1"; using 128`],
      ['OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT', '1k', `${COUNT}, got "1k"; using Infinity`],
      ['OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT', 'many', `${COUNT}, got "many"; using 128`],
      ['OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT', '-5', `${COUNT}, got "-5"; using Infinity`],
      ['OTEL_SPAN_EVENT_COUNT_LIMIT', '1.5', `${COUNT}, got "1.5"; using 128`],
      ['OTEL_SPAN_LINK_COUNT_LIMIT', 'none', `${COUNT}, got "none"; using 128`],
      ['OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT', '0x10', `${COUNT}, got "0x10"; using 128`],
      ['OTEL_LINK_ATTRIBUTE_COUNT_LIMIT', '99999999999', `${COUNT}, got "99999999999"; using 128`],
      [
        'OTEL_EXPORTER_OTLP_ENDPOINT',
        'grpc://collector:4317/?s3cr3t',
        `${URL_TEXT}, got "grpc://collector:4317/"; using http://localhost:4318/`,
      ],
      ['OTEL_EXPORTER_OTLP_PROTOCOL', 'http', 'must be one of http/protobuf, http/json, grpc, got "http"; ignoring it'],
      [
        'OTEL_EXPORTER_OTLP_TRACES_PROTOCOL',
        'thrift',
        'must be one of http/protobuf, http/json, grpc, got "thrift"; ignoring it',
      ],
      ['OTEL_EXPORTER_OTLP_INSECURE', 'maybe', 'must be one of true, false, got "maybe"; using false'],
      ['OTEL_EXPORTER_OTLP_TRACES_INSECURE', '2', 'must be one of true, false, got "2"; using false'],
      ['OTEL_EXPORTER_OTLP_COMPRESSION', 'zstd', 'must be one of gzip, none, got "zstd"; using none'],
      ['OTEL_EXPORTER_OTLP_TRACES_COMPRESSION', 'br', 'must be one of gzip, none, got "br"; using none'],
      ['OTEL_EXPORTER_OTLP_TIMEOUT', '10s', `${MILLISECONDS}, got "10s"; using 10000`],
      ['OTEL_EXPORTER_OTLP_TRACES_TIMEOUT', '-5', `${MILLISECONDS}, got "-5"; using 10000`],
      ['OTEL_EXPORTER_OTLP_HEADERS', 'Authorization: Bearer s3cr3t', `${HEADERS} 1; leaving these out`],
      [
        'OTEL_EXPORTER_OTLP_TRACES_HEADERS',
        'a=1,content-type=s3cr3t,b=%zzs3cr3t',
        `${HEADERS} 2, 3; leaving these out`,
      ],
      ['OTEL_EXPORTER_OTLP_CERTIFICATE', '/nowhere/ca.pem', `${PEM}, got "/nowhere/ca.pem" (ENOENT); ignoring it`],
      ['OTEL_EXPORTER_OTLP_TRACES_CERTIFICATE', '/', `${PEM}, got "/" (not a file of at most 1 MiB); ignoring it`],
      ['OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE', NO_PEM, `${PEM}, got "${NO_PEM}" (no PEM block in it); ignoring it`],
      ['OTEL_EXPORTER_OTLP_CLIENT_KEY', '-----BEGIN PRIVATE KEY----- s3cr3t', `${PEM}, got PEM text; ignoring it`],
    ],
  },
  {
    what: 'in another way',
    env: { OTEL_TRACES_SAMPLER: 'traceidratio' },
    rows: [
      ['OTEL_LOG_LEVEL', 'loud', 'must be one of none, error, warn, info, debug, verbose, all, got "loud"; using info'],
      ['OTEL_TRACES_EXPORTER', 'lightstep', `${EXPORTERS}, got "lightstep"; leaving it out`],
      ['OTEL_TRACES_SAMPLER_ARG', '50%', 'must be a number from 0 to 1, got "50%"; using 1'],
      ['OTEL_RESOURCE_ATTRIBUTES', 'team=100%', `${PAIRS}, got "team=100%"; ignoring all of it`],
      [
        'OTEL_EXPORTER_OTLP_ENDPOINT',
        'http://user:s3cr3t@',
        `${URL_TEXT}, got one that may hold a password; using http://localhost:4318/`,
      ],
    ],
  },
  {
    what: 'in that something is missing',
    env: {},
    rows: [
      [
        'OTEL_TRACES_SAMPLER_ARG',
        '0.1',
        'is "0.1", but OTEL_TRACES_SAMPLER is not set and only traceidratio, parentbased_traceidratio, probability, parentbased_probability take a ratio; ignoring it',
      ],
    ],
  },
  {
    what: 'in the URL for traces alone',
    env: { OTEL_TRACES_SAMPLER: 'parentbased_traceidratio' },
    rows: [
      [
        'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT',
        'collector:http:4318',
        `${URL_TEXT}, got "collector:http:4318"; using http://127.0.0.1:PORT/v1/traces`,
      ],
      ['OTEL_TRACES_SAMPLER_ARG', '2', 'must be a number from 0 to 1, got "2"; using 1'],
    ],
  },
  {
    what: 'in what a developer sets',
    // Without a collector the console would be chosen, if it were wanted.
    env: { PIPELINE_ENV: 'local', ENABLE_TRACING: '1', OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: '' },
    rows: [['DEBUG_TRACING', 'loudly', `${SWITCH}, got "loudly"; ignoring it`]],
  },
]

describe('P9: each variable that cannot be used is named once, with its value and what is accepted,', () => {
  for (const { what, env, rows } of groups) {
    describe(`${what}:`, () => {
      let result: TroubleResult
      before(async () => {
        const hasUrl = rows.some(([variable]) => variable === 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT')
        const url = { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${collector.url}/v1/traces` }
        const wrong = Object.fromEntries(rows.map(([variable, value]) => [variable, value]))
        result = await meetTrouble({
          endpoint: hasUrl ? collector.url : undefined,
          env: { ...url, ...env, ...wrong },
          until: 'the end of all',
        })
      })

      for (const [variable, , sentence] of rows) {
        test(`${variable} ${sentence}`, () => {
          assert.equal(
            result.lines.filter(line => line === `${variable} ${sentence}`).length,
            1,
            result.lines.join('\n'),
          )
        })
      }

      test('nothing else is said, and the span arrives', () => {
        // At the log level that is used in place of a wrong one, the line at start is said, too.
        const said = result.lines.filter(line => !line.startsWith('exporting to otlp '))
        assert.equal(said.length, rows.length, said.join('\n'))
        for (const stats of Object.values(result.stats.exporters)) assert.equal(stats.acked, 1)
      })
    })
  }
})
