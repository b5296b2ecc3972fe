import assert from 'node:assert/strict'
import { afterEach, describe, test } from 'node:test'
import { Counter, Gauge, Histogram, type OpenMetricsContentType, Registry } from 'prom-client'
import type { MetricStore } from '../../src/metrics/store.ts'
import { writeMetrics } from '../../src/metrics/text-format.ts'
import { getMetrics, registerInto } from '../../src/metrics.ts'
import { sharedPart } from '../../src/shared-state.ts'
import { withTestTracing } from '../../src/testing.ts'
import { setNoticeLog } from '../../src/trace/notices.ts'
import { traceJob } from '../../src/trace/trace-job.ts'

const said: string[] = []
setNoticeLog((_level, message) => said.push(message))
const { store } = sharedPart<{ store: MetricStore }>('metrics', () => assert.fail())
afterEach(() => {
  delete process.env.METRICS_BACKEND
  getMetrics().reset()
})

test('there is one object', () => assert.equal(getMetrics(), getMetrics()))

test('an unknown backend is refused with the list of those that are known, also later', () => {
  getMetrics()
  process.env.METRICS_BACKEND = 'statsd'
  assert.throws(
    getMetrics,
    new RangeError('METRICS_BACKEND must be one of in_memory, prometheus, cloud_monitoring, got "statsd"'),
  )
})

/** Three kinds of metrics, in ours and in a registry of prom-client's own metrics that were told the same. */
function recordInBoth(): Registry {
  const theirs = new Registry()
  const registers = [theirs]
  const pages = new Counter({ name: 'pages_total', help: 'A counter of the program.', labelNames: ['kind'], registers })
  const level = new Gauge({ name: 'level', help: 'A gauge of the program.', registers })
  const powers = Array.from({ length: 13 }, (_, index) => index - 3)
  const buckets = powers.flatMap(power => [Number(`1e${power}`), Number(`3e${power}`)])
  const size = new Histogram({
    name: 'size',
    help: 'A histogram of the program.',
    labelNames: ['kind'],
    buckets,
    registers,
  })
  for (const [index, kind] of ['a', 'b"\\\n', 'a'].entries()) {
    pages.inc({ kind }, index)
    level.inc(index - 1)
    size.observe({ kind }, index * 40)
    getMetrics().increment('pages_total', { kind }, index)
    getMetrics().gauge('level', {}, index - 1)
    getMetrics().observe('size', { kind }, index * 40)
  }
  return theirs
}

/** The lines of these three, ordered, with labels in the order of their names; prom-client writes a bound as 1 where we write 1.0. */
function linesOf(text: string): string[] {
  const lines = text.split('\n').filter(line => /^(?:# \w+ )?(?:pages_total|level|size)\b|^size_/.test(line))
  return lines
    .map(line =>
      line.replace(/\{(.*)\}/, (_, labels: string) => {
        const pairs = labels.match(/\w+="(?:[^"\\]|\\.)*"/g) ?? []
        return `{${pairs.map(pair => pair.replace(/^le="(\d.*)"/, (_le, bound) => `le="${Number(bound)}"`)).sort()}}`
      }),
    )
    .sort()
}

describe('prom-client as the judge', () => {
  test('its own metrics, told the same, write what we write', async () => {
    const theirs = recordInBoth()
    assert.deepEqual(linesOf(writeMetrics(store.families, 'text')), linesOf(await theirs.metrics()))
  })

  test('registerInto has its registry give ours beside its own, those that come later and those after a reset included', async () => {
    const registry = new Registry()
    new Counter({ name: 'own_total', help: 'h', registers: [registry] }).inc()
    registerInto(registry)
    recordInBoth()
    const expected = linesOf(writeMetrics(store.families, 'text'))
    assert.ok(expected.length > 60)
    assert.deepEqual(linesOf(await registry.metrics()), expected)
    assert.match(await registry.metrics(), /^own_total 1$/m)
    getMetrics().reset()
    getMetrics().increment('pages_total', { kind: 'c' })
    assert.match(await registry.metrics(), /^# TYPE pages_total counter\npages_total\{kind="c"\} 1$/m)
  })

  test('its OpenMetrics has our exemplars, and every counter its _total once', async () => {
    const registry = new Registry<OpenMetricsContentType>()
    registry.setContentType(Registry.OPENMETRICS_CONTENT_TYPE)
    registerInto(registry)
    await withTestTracing(async tracing => {
      traceJob('a-job', () => getMetrics().trackJob('a-job', 's', () => {}))
      const { traceId } = tracing.spans[0]!
      for (const _scrape of [1, 2]) {
        const text = await registry.metrics()
        const exemplar = `# \\{trace_id="${traceId}",span_id="\\w{16}"\\}`
        assert.match(text, /^# TYPE pipeline_runs counter$/m)
        assert.match(
          text,
          new RegExp(`^pipeline_runs_total\\{job="a-job",scene_id="s",status="success"\\} 1 ${exemplar}`, 'm'),
        )
        assert.match(text, new RegExp(`^pipeline_duration_seconds_bucket\\{.*\\} 1 ${exemplar}`, 'm'))
      }
    })
  })

  test('its reset of all metrics resets ours, but for what is in progress', async () => {
    const registry = new Registry()
    registerInto(registry)
    await getMetrics().trackJob('a-job', 's', async () => {
      getMetrics().increment('pages_total', {})
      registry.resetMetrics()
      assert.equal(getMetrics().getStats().pages_total, undefined)
      assert.match(await registry.metrics(), /^scenes_in_progress\{job="a-job"\} 1$/m)
    })
    assert.match(await registry.metrics(), /^scenes_in_progress\{job="a-job"\} 0$/m)
  })

  test('a name that it has already is its error at once, and said once where our metric comes later', async () => {
    const registry = new Registry()
    new Gauge({ name: 'later', help: 'theirs', registers: [registry] }).set(7)
    registerInto(registry)
    getMetrics().gauge('later', {}, 1)
    getMetrics().gauge('later', {}, 1)
    assert.match(await registry.metrics(), /^later 7$/m)
    assert.equal(getMetrics().getStats().later?.sum, 2)
    const lines = said.filter(line => line.includes('metric later is left out'))
    assert.equal(lines.length, 1)
    assert.match(lines[0]!, /the program's registry: .*already been registered/)
    assert.throws(() => registerInto(registry), /already been registered/)
  })
})
