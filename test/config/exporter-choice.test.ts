import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { EnvironmentReader } from '../../src/config/environment.ts'
import { chooseExporters } from '../../src/config/exporter-choice.ts'

const NONE = 'no exporter is configured; set OTEL_EXPORTER_OTLP_ENDPOINT or pass exporters to initTracing'
const LOCAL = { PIPELINE_ENV: 'local', DEBUG_TRACING: 'true' }
const ENDPOINT = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c:4318' }

describe('which exporters the environment chooses', () => {
  const rows: [environment: NodeJS.ProcessEnv, kinds: string, because: string, notices?: string[]][] = [
    [{}, '', NONE],
    [{ OTEL_TRACES_EXPORTER: 'otlp' }, 'otlp', 'OTEL_TRACES_EXPORTER is otlp'],
    [{ OTEL_TRACES_EXPORTER: 'OTLP' }, 'otlp', 'OTEL_TRACES_EXPORTER is otlp'],
    [{ OTEL_TRACES_EXPORTER: 'console' }, 'console', 'OTEL_TRACES_EXPORTER is console'],
    [{ OTEL_TRACES_EXPORTER: 'file' }, 'file', 'OTEL_TRACES_EXPORTER is file'],
    [{ OTEL_TRACES_EXPORTER: 'none' }, '', 'OTEL_TRACES_EXPORTER is none'],
    [{ OTEL_TRACES_EXPORTER: ' None ' }, '', 'OTEL_TRACES_EXPORTER is none'],
    [{ OTEL_TRACES_EXPORTER: 'none', ...ENDPOINT }, '', 'OTEL_TRACES_EXPORTER is none'],
    [{ OTEL_TRACES_EXPORTER: '', ...ENDPOINT }, 'otlp', 'OTEL_EXPORTER_OTLP_ENDPOINT is set'],
    [{ OTEL_TRACES_EXPORTER: 'file,otlp' }, 'file,otlp', 'OTEL_TRACES_EXPORTER is file,otlp'],
    [{ OTEL_TRACES_EXPORTER: ' otlp , console,, otlp' }, 'otlp,console', 'OTEL_TRACES_EXPORTER is otlp,console'],
    [{ OTEL_TRACES_EXPORTER: 'console', ...ENDPOINT }, 'console', 'OTEL_TRACES_EXPORTER is console'],
    [{ OTEL_TRACES_EXPORTER: 'file', GCP_PROJECT_ID: 'p' }, 'file', 'OTEL_TRACES_EXPORTER is file'],
    [{ OTEL_TRACES_EXPORTER: 'jaeger' }, 'jaeger', 'OTEL_TRACES_EXPORTER is jaeger'],
    [{ OTEL_TRACES_EXPORTER: 'lightstep' }, '', NONE, ['OTEL_TRACES_EXPORTER']],
    [{ OTEL_TRACES_EXPORTER: 'gcp_trace', ...LOCAL }, 'gcp_trace', 'OTEL_TRACES_EXPORTER is gcp_trace'],
    [{ OTEL_TRACES_EXPORTER: 'lightstep', ...LOCAL }, 'console', 'DEBUG_TRACING is set', ['OTEL_TRACES_EXPORTER']],
    [
      { OTEL_TRACES_EXPORTER: 'lightstep', ...ENDPOINT },
      'otlp',
      'OTEL_EXPORTER_OTLP_ENDPOINT is set',
      ['OTEL_TRACES_EXPORTER'],
    ],
    [{ OTEL_TRACES_EXPORTER: 'lightstep,otlp' }, 'otlp', 'OTEL_TRACES_EXPORTER is otlp', ['OTEL_TRACES_EXPORTER']],
    [{ OTEL_TRACES_EXPORTER: 'jaeger,otlp' }, 'jaeger,otlp', 'OTEL_TRACES_EXPORTER is jaeger,otlp'],
    [{ OTEL_TRACES_EXPORTER: 'none,file' }, 'file', 'OTEL_TRACES_EXPORTER is file', ['OTEL_TRACES_EXPORTER']],
    [{ OTEL_TRACES_EXPORTER: 'custom' }, '', NONE, ['OTEL_TRACES_EXPORTER']],
    [
      { OTEL_TRACES_EXPORTER: 'a,b,file' },
      'file',
      'OTEL_TRACES_EXPORTER is file',
      ['OTEL_TRACES_EXPORTER', 'OTEL_TRACES_EXPORTER'],
    ],
    [ENDPOINT, 'otlp', 'OTEL_EXPORTER_OTLP_ENDPOINT is set'],
    [{ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://c' }, 'otlp', 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT is set'],
    [
      { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://c', ...ENDPOINT },
      'otlp',
      'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT is set',
    ],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'nonsense://' }, 'otlp', 'OTEL_EXPORTER_OTLP_ENDPOINT is set'],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: '' }, '', NONE],
    [{ ...LOCAL, ...ENDPOINT }, 'otlp', 'OTEL_EXPORTER_OTLP_ENDPOINT is set'],
    [LOCAL, 'console', 'DEBUG_TRACING is set'],
    [{ ...LOCAL, DEBUG_TRACING: 'TRUE' }, 'console', 'DEBUG_TRACING is set'],
    [{ ...LOCAL, DEBUG_TRACING: 'false' }, '', NONE],
    [{ ...LOCAL, DEBUG_TRACING: 'very' }, '', NONE, ['DEBUG_TRACING']],
    [{ PIPELINE_ENV: 'production', DEBUG_TRACING: 'true' }, '', NONE],
    [{ DEBUG_TRACING: 'true' }, '', NONE],
    [{ PIPELINE_ENV: 'local' }, '', NONE],
    [{ GCP_PROJECT_ID: 'p' }, 'gcp_trace', 'GCP_PROJECT_ID is set'],
    [{ GCP_PROJECT_ID: 'p', ...ENDPOINT }, 'gcp_trace', 'GCP_PROJECT_ID is set'],
    [{ GCP_PROJECT_ID: 'p', ...LOCAL }, 'gcp_trace', 'GCP_PROJECT_ID is set'],
    [{ JAEGER_ENDPOINT: 'j' }, 'jaeger', 'JAEGER_ENDPOINT is set'],
    [{ JAEGER_ENDPOINT: 'j', ...ENDPOINT, ...LOCAL }, 'jaeger', 'JAEGER_ENDPOINT is set'],
    [{ GCP_PROJECT_ID: 'p', JAEGER_ENDPOINT: 'j' }, 'gcp_trace', 'GCP_PROJECT_ID is set'],
    [{ GOOGLE_CLOUD_PROJECT: 'p' }, 'gcp_trace', 'GOOGLE_CLOUD_PROJECT is set'],
    [{ GOOGLE_CLOUD_PROJECT: 'p', ...ENDPOINT }, 'otlp', 'OTEL_EXPORTER_OTLP_ENDPOINT is set'],
    [{ GOOGLE_CLOUD_PROJECT: 'p', ...LOCAL }, 'console', 'DEBUG_TRACING is set'],
    [{ BLUEPRINT_TRACING_FILE: 'a.jsonl' }, '', NONE],
  ]
  for (const [variables, kinds, because, noted = []] of rows) {
    test(`${JSON.stringify(variables)}: ${kinds || 'none'}, because ${because}${noted.map(name => `, notice on ${name}`).join('')}`, () => {
      const environment = new EnvironmentReader(variables)
      const choice = chooseExporters(environment)
      assert.deepEqual([choice.kinds.join(), choice.because], [kinds, because])
      assert.deepEqual(
        environment.notices.map(notice => notice.split(' ', 1)[0]),
        noted,
      )
    })
  }
})

test('the notice on an exporter that does not exist names the kinds that do', () => {
  const environment = new EnvironmentReader({
    OTEL_TRACES_EXPORTER: 'lightstep',
  })
  chooseExporters(environment)
  assert.deepEqual(environment.notices, [
    'OTEL_TRACES_EXPORTER must be none or a comma list of otlp, jaeger, gcp_trace, zipkin, console, file, got "lightstep"; leaving it out',
  ])
})
