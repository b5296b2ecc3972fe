import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import fc from 'fast-check'
import { MetricStore } from '../../src/metrics/store.ts'
import { type TextFormat, writeMetrics } from '../../src/metrics/text-format.ts'
import { withTestTracing } from '../../src/testing.ts'
import { traceJob } from '../../src/trace/trace-job.ts'
import { filledStore } from '../support/filled-store.ts'
import { pythonWith, type RunPython } from './python.ts'

/** Its parsers are Prometheus's own reference. */
const REQUIREMENT = 'prometheus_client==0.26.0'
const FORMATS: readonly TextFormat[] = ['text', 'openmetrics']
const PARSE = `
import json, sys
from prometheus_client.parser import text_string_to_metric_families as text
from prometheus_client.openmetrics.parser import text_string_to_metric_families as openmetrics
body = sys.stdin.buffer.read().decode('utf-8')
families = list((openmetrics if sys.argv[1] == 'openmetrics' else text)(body))
print(json.dumps([[f.name, f.type, f.unit, f.documentation, [[s.name, s.labels, s.value, s.exemplar.labels if s.exemplar else None]
  for s in f.samples]] for f in families]))
`

type Family = [name: string, type: string, unit: string, help: string, samples: Sample[]]
type Sample = [name: string, labels: Record<string, string>, value: number, exemplar: Record<string, string> | null]

describe(`${REQUIREMENT} reads what we write`, () => {
  let python: RunPython
  before(() => {
    python = pythonWith(REQUIREMENT)
  })
  const parse = (body: string, format: TextFormat) => JSON.parse(python(PARSE, [format], body)) as Family[]

  for (const format of FORMATS) {
    test(`every family, type and value in ${format}`, () => {
      const families = parse(writeMetrics(filledStore().families, format), format)
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
        const [family] = parse(writeMetrics(store.families, format), format)
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
