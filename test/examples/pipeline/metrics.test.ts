import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import parse from 'parse-prometheus-text-format'
import { getMetricsFromStream } from 'prom2javascript'
import { describeJobs } from '../../../examples/pipeline/metrics.ts'
import { RecordedMetrics } from '../../../src/metrics/pipeline-metrics.ts'
import { MetricStore } from '../../../src/metrics/store.ts'
import { closedPort } from '../../support/http-server.ts'

const STEP = fileURLToPath(new URL('../../../examples/pipeline/steps/regen3d.ts', import.meta.url))

test('a step that is run by hand can be scraped, its scene no longer in progress, and two parsers read it', async t => {
  const folder = mkdtempSync(join(tmpdir(), 'demo-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const port = await closedPort()
  const { PATH, NODE_V8_COVERAGE } = process.env
  const child = spawn(process.execPath, ['--import', import.meta.resolve('tsx'), STEP, 'scene_teapot'], {
    cwd: folder,
    env: { PATH, NODE_V8_COVERAGE, METRICS_BACKEND: 'prometheus', PROMETHEUS_METRICS_PORT: String(port) },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  t.after(() => child.kill())
  await said(child.stdout, `curl localhost:${port}/metrics shows the metrics; this process stays for 30 s`)
  const text = await (await fetch(`http://localhost:${port}/metrics`)).text()
  child.kill()

  const families = new Map(parse(text).map(family => [family.name, family.metrics]))
  const read = await getMetricsFromStream(Readable.from(text))
  const run = { job: 'regen3d-job', scene_id: 'scene_teapot', status: 'success' }
  assert.deepEqual(families.get('pipeline_runs_total'), [{ value: '1', labels: run }])
  assert.deepEqual(read.pipeline_runs_total?.data, [{ value: 1, labels: run }])
  assert.deepEqual(families.get('scenes_in_progress'), [{ value: '0', labels: { job: 'regen3d-job' } }])
  assert.deepEqual(read.scenes_in_progress?.data, [{ value: 0, labels: { job: 'regen3d-job' } }])
  assert.deepEqual([...families.keys()], Object.keys(read))
})

async function said(output: Readable, text: string): Promise<void> {
  let all = ''
  while (!all.includes(text)) {
    const [chunk] = await once(output, 'data')
    all += chunk
  }
}

test('what several processes have measured is a line for each job', () => {
  const processes = [new RecordedMetrics(new MetricStore()), new RecordedMetrics(new MetricStore())]
  for (const metrics of processes) metrics.trackJob('regen3d-job', 'scene "a"', () => {})
  assert.throws(() => processes[1]!.trackJob('regen3d-job', 'b', () => assert.fail()))
  processes[1]!.trackJob('simready-job', 'c', () => {})
  const lines = describeJobs(processes.map(metrics => metrics.getStats()))
  assert.match(
    lines.join('\n'),
    /^regen3d-job: 3 runs, 1 failed, 0\.\d\d s on average, 0\.\d\d s at most\nsimready-job: 1 runs, 0 failed/,
  )
})
