import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import parse, { type Family as ParsedFamily } from 'parse-prometheus-text-format'
import { RecordedMetrics } from '../../src/metrics/pipeline-metrics.ts'
import { MetricStore } from '../../src/metrics/store.ts'
import { type TextFormat, writeMetrics } from '../../src/metrics/text-format.ts'
import { withTestTracing } from '../../src/testing.ts'
import { setSource } from '../../src/trace/current-source.ts'
import { traceJob } from '../../src/trace/trace-job.ts'
import { createRecording } from '../support/recording.ts'

const FORMATS: readonly TextFormat[] = ['text', 'openmetrics']
/** A Python that has prometheus_client, whose parsers are Prometheus's own reference. */
const PYTHON = process.env.PROMETHEUS_PYTHON ?? 'python3'
const hasPython = spawnSync(PYTHON, ['-c', 'import prometheus_client']).status === 0
const skip = hasPython ? false : `${PYTHON} has no prometheus_client`
const PARSE = `
import json, sys
from prometheus_client.parser import text_string_to_metric_families as text
from prometheus_client.openmetrics.parser import text_string_to_metric_families as openmetrics
body = sys.stdin.buffer.read().decode('utf-8')
families = list((openmetrics if sys.argv[1] == 'openmetrics' else text)(body))
print(json.dumps([[f.name, f.type, f.unit, f.documentation, [[s.name, s.labels, s.value, s.exemplar.labels if s.exemplar else None]
  for s in f.samples]] for f in families]))
`

type PythonFamily = [name: string, type: string, unit: string, help: string, samples: PythonSample[]]
type PythonSample = [
  name: string,
  labels: Record<string, string>,
  value: number,
  exemplar: Record<string, string> | null,
]

function parsePython(body: string, format: TextFormat): PythonFamily[] {
  const { status, stdout, stderr } = spawnSync(PYTHON, ['-c', PARSE, format], { input: body, encoding: 'utf8' })
  assert.equal(status, 0, `${stderr}\n${body}`)
  return JSON.parse(stdout) as PythonFamily[]
}

/** A counter, a gauge and a histogram, two of which have values of every kind, and the four of trackJob. */
function filledStore(): MetricStore {
  const store = new MetricStore()
  const metrics = new RecordedMetrics(store)
  metrics.trackJob('regen3d-job', 'scene "a"\\b\nc', () => 7)
  assert.throws(() => metrics.trackJob('regen3d-job', 'é ü 漢 🚀', () => assert.fail()))
  metrics.increment('pages', {}, 0.5)
  metrics.increment('bytes.read_total', { '1': true }, 1e21)
  metrics.gauge('level', { x: '' }, -2.5e-7)
  for (const value of [-1, 0, 0.0004, 3, 5e9]) metrics.observe('size_bytes', {}, value)
  return store
}

test('Prometheus text 0.0.4, word by word', () => {
  const store = new MetricStore()
  store.record('counter', 'pages', { b: 'x', a: 'q"' }, 2)
  store.record('gauge', 'level', {}, -1.5)
  store.record('histogram', 'wait_seconds', { a: 'x' }, 2)
  store.record('histogram', 'wait_seconds', { a: 'x' }, 100_000)
  const bounds =
    '0.01 0.05 0.1 0.25 0.5 1.0 2.5 5.0 10.0 30.0 60.0 120.0 300.0 600.0 1800.0 3600.0 7200.0 21600.0'.split(' ')
  const buckets = bounds.map((le, index) => `wait_seconds_bucket{a="x",le="${le}"} ${index < 6 ? 0 : 1}`)
  const lines = [
    '# HELP pages_total A counter of the program.',
    '# TYPE pages_total counter',
    'pages_total{a="q\\"",b="x"} 2',
    '# HELP level A gauge of the program.',
    '# TYPE level gauge',
    'level -1.5',
    '# HELP wait_seconds A histogram of the program.',
    '# TYPE wait_seconds histogram',
    ...buckets,
    'wait_seconds_bucket{a="x",le="+Inf"} 2',
    'wait_seconds_sum{a="x"} 100002',
    'wait_seconds_count{a="x"} 2',
  ]
  assert.equal(writeMetrics(store.families, 'text'), `${lines.join('\n')}\n`)
})

test('OpenMetrics 1.0 has units, an end, counters without _total, and the same samples', () => {
  const store = filledStore()
  const text = writeMetrics(store.families, 'text').trimEnd().split('\n')
  const open = writeMetrics(store.families, 'openmetrics').trimEnd().split('\n')
  assert.equal(open.at(-1), '# EOF')
  assert.ok(open.includes('# UNIT pipeline_duration_seconds seconds') && open.includes('# TYPE pipeline_runs counter'))
  const samples = (lines: string[]): string[] => lines.filter(line => !line.startsWith('#'))
  assert.deepEqual(samples(open), samples(text))
})

test('without metrics there is nothing, and an end', () => {
  assert.equal(writeMetrics([], 'text'), '')
  assert.equal(writeMetrics([], 'openmetrics'), '# EOF\n')
})

test('exemplars name the sampled span that was current, in OpenMetrics only, on the bucket and on the counter', () =>
  withTestTracing(tracing => {
    const store = new MetricStore()
    const metrics = new RecordedMetrics(store)
    traceJob('regen3d-job', { sceneId: 's' }, () => metrics.trackJob('regen3d-job', 's', () => {}))
    metrics.trackJob('untraced-job', 's', () => {})
    const { traceId, spanId } = tracing.spans[0]!
    const exemplar = ` # \\{trace_id="${traceId}",span_id="${spanId}"\\} `
    const open = writeMetrics(store.families, 'openmetrics')
    assert.match(open, new RegExp(`^pipeline_runs_total\\{.*\\} 1${exemplar}1 \\d{10}\\.\\d{3}$`, 'm'))
    assert.match(
      open,
      new RegExp(`^pipeline_duration_seconds_bucket\\{.*le="0.*\\} 1${exemplar}\\S+ \\d{10}\\.\\d{3}$`, 'm'),
    )
    assert.equal(open.split(traceId).length - 1, 2)
    assert.ok(!writeMetrics(store.families, 'text').includes(traceId))
  }))

test('a span that nobody will find, since it is not sampled, is no exemplar', () => {
  setSource(createRecording({ sampler: { kind: 'always_off' } }).source)
  const store = new MetricStore()
  traceJob('a-job', () => store.record('counter', 'pages', {}, 1))
  assert.match(writeMetrics(store.families, 'openmetrics'), /^pages_total 1$/m)
})

describe('parse-prometheus-text-format reads what we write', () => {
  test('every family, label and value', () => {
    const families = parse(writeMetrics(filledStore().families, 'text'))
    assert.deepEqual(
      families.map(({ name, type }) => [name, type]),
      [
        ['pipeline_runs_total', 'COUNTER'],
        ['errors_total', 'COUNTER'],
        ['pipeline_duration_seconds', 'HISTOGRAM'],
        ['scenes_in_progress', 'GAUGE'],
        ['pages_total', 'COUNTER'],
        ['bytes_read_total', 'COUNTER'],
        ['level', 'GAUGE'],
        ['size_bytes', 'HISTOGRAM'],
      ],
    )
    const metrics = (name: string): ParsedFamily['metrics'] => families.find(family => family.name === name)!.metrics
    assert.deepEqual(metrics('level'), [{ value: '-2.5e-7', labels: { x: '' } }])
    assert.deepEqual(metrics('bytes_read_total'), [{ value: '1e+21', labels: { _1: 'true' } }])
    const [size] = metrics('size_bytes')
    assert.deepEqual([size?.count, size?.sum], ['5', '5000000002.0004'])
    assert.deepEqual([size?.buckets?.['0.001'], size?.buckets?.['3e+09'], size?.buckets?.['+Inf']], ['3', '4', '5'])
  })
})

describe("Python's prometheus_client reads what we write", { skip }, () => {
  for (const format of FORMATS) {
    test(`every family, type and value in ${format}`, () => {
      const families = parsePython(writeMetrics(filledStore().families, format), format)
      const types = families.map(([name, type, unit]) => [name, type, unit])
      assert.deepEqual(types, [
        ['pipeline_runs', 'counter', ''],
        ['errors', 'counter', ''],
        ['pipeline_duration_seconds', 'histogram', format === 'openmetrics' ? 'seconds' : ''],
        ['scenes_in_progress', 'gauge', ''],
        ['pages', 'counter', ''],
        ['bytes_read', 'counter', ''],
        ['level', 'gauge', ''],
        ['size_bytes', 'histogram', format === 'openmetrics' ? 'bytes' : ''],
      ])
      const scenes = families[0]![4].map(([, labels]) => labels.scene_id)
      assert.deepEqual(scenes, ['scene "a"\\b\nc', 'é ü 漢 🚀'])
    })
  }

  test('any label value, and exemplars, in both formats', () => {
    const values = fc.sample(fc.string({ unit: 'binary', maxLength: 60 }), 300)
    const hard = ['\\', '"', '\n', '\\n', '\\\\n', '\r', '\r\n', '{}', '},', '#', ' # {', '\u2028', '\0', 'a\\"b']
    const all = [...new Set([...values, ...hard])]
    withTestTracing(() => {
      const store = new MetricStore()
      traceJob('a-job', () => all.forEach(value => void store.record('counter', 'texts', { value }, 1)))
      for (const format of FORMATS) {
        const [family] = parsePython(writeMetrics(store.families, format), format)
        assert.deepEqual(
          family![4].map(([, labels]) => labels.value),
          all,
        )
        assert.ok(
          family![4].every(([, , , exemplar]) => (exemplar?.trace_id?.length === 32) === (format === 'openmetrics')),
        )
      }
    })
  })
})

test('any label value can be read back from the line, by the rules of the format', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme' }), (a, b) => {
      const store = new MetricStore()
      store.record('gauge', 'g', { a, b }, 1)
      const [line, ...others] = writeMetrics(store.families, 'text').split('\n').slice(2)
      assert.deepEqual(others, [''])
      const [, first, second] = /^g\{a="((?:[^"\\]|\\.)*)",b="((?:[^"\\]|\\.)*)"\} 1$/s.exec(line!)!
      const plain = (text: string): string => text.replaceAll(/\\(.)/gs, (_, c) => (c === 'n' ? '\n' : c))
      assert.deepEqual([plain(first!), plain(second!)], [a.slice(0, 1_024), b.slice(0, 1_024)])
    }),
  )
})
