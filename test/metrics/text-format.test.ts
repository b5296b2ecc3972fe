import assert from 'node:assert/strict'
import { Readable } from 'node:stream'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import parse, { type Family as ParsedFamily } from 'parse-prometheus-text-format'
import { getMetricsFromStream, type PromHistogramData } from 'prom2javascript'
import { RecordedMetrics } from '../../src/metrics/pipeline-metrics.ts'
import { MetricStore } from '../../src/metrics/store.ts'
import { writeMetrics } from '../../src/metrics/text-format.ts'
import { withTestTracing } from '../../src/testing.ts'
import { setSource } from '../../src/trace/current-source.ts'
import { traceJob } from '../../src/trace/trace-job.ts'
import { filledStore } from '../support/filled-store.ts'
import { createRecording } from '../support/recording.ts'

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

describe('what we write is read, every family, label and value, by', () => {
  const TYPES = [
    ['pipeline_runs_total', 'counter'],
    ['errors_total', 'counter'],
    ['pipeline_duration_seconds', 'histogram'],
    ['scenes_in_progress', 'gauge'],
    ['pages_total', 'counter'],
    ['bytes_read_total', 'counter'],
    ['level', 'gauge'],
    ['size_bytes', 'histogram'],
  ]

  test('parse-prometheus-text-format', () => {
    const families = parse(writeMetrics(filledStore().families, 'text'))
    assert.deepEqual(
      families.map(({ name, type }) => [name, type.toLowerCase()]),
      TYPES,
    )
    const metrics = (name: string): ParsedFamily['metrics'] => families.find(family => family.name === name)!.metrics
    assert.deepEqual(metrics('level'), [{ value: '-2.5e-7', labels: { x: '' } }])
    assert.deepEqual(metrics('bytes_read_total'), [{ value: '1e+21', labels: { _1: 'true' } }])
    const [size] = metrics('size_bytes')
    assert.deepEqual([size?.count, size?.sum], ['5', '5000000002.0004'])
    assert.deepEqual([size?.buckets?.['0.001'], size?.buckets?.['3e+09'], size?.buckets?.['+Inf']], ['3', '4', '5'])
  })

  // It refuses any line that it cannot read, and a histogram whose count is not that of its last bucket.
  test('prom2javascript', async () => {
    const metrics = await getMetricsFromStream(Readable.from(writeMetrics(filledStore().families, 'text')))
    const data = (name: string) => metrics[name]?.data
    assert.deepEqual(
      Object.entries(metrics).map(([name, { type }]) => [name, type]),
      TYPES,
    )
    assert.deepEqual(data('pipeline_runs_total'), [
      { labels: { job: 'regen3d-job', scene_id: 'scene "a"\\b\nc', status: 'success' }, value: 1 },
      { labels: { job: 'regen3d-job', scene_id: 'é ü 漢 🚀', status: 'error' }, value: 1 },
    ])
    assert.deepEqual(data('scenes_in_progress'), [{ labels: { job: 'regen3d-job' }, value: 0 }])
    assert.deepEqual(data('level'), [{ labels: { x: '' }, value: -2.5e-7 }])
    assert.deepEqual(data('bytes_read_total'), [{ labels: { _1: 'true' }, value: 1e21 }])
    const [size] = data('size_bytes') as PromHistogramData[]
    assert.deepEqual([size?.count, size?.sum], [5, 5000000002.0004])
    assert.deepEqual([size?.buckets['0.001'], size?.buckets['3e+09'], size?.buckets['+Inf']], [3, 4, 5])
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
