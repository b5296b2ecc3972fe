import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const COMPILER = join(ROOT, 'node_modules/typescript/bin/tsc')
const NODE_TYPES = ['--types', 'node', '--typeRoots', join(ROOT, 'node_modules/@types')]

const TRACING = `
import 'blueprint-tracing/register'
import { type ExporterOptions, getBaggage, getTracer, initTracing, injectTraceContext, logFields } from 'blueprint-tracing'
import { type Span, traceJob, withBaggage } from 'blueprint-tracing'
import { type DeadLetterQueue, getDeadLetterQueue, JobExit, runJobWithDeadLetterQueue } from 'blueprint-tracing/jobs'
import { getMetrics, type MetricStats, registerInto } from 'blueprint-tracing/metrics'
import { MemoryExporter, spanTree } from 'blueprint-tracing/testing'
const memory = new MemoryExporter()
const exporters: ExporterOptions[] = [{ kind: 'custom', exporter: memory }, { kind: 'file', path: undefined }]
initTracing({ exporters, logger: console })
export const seven: number = traceJob('a-job', { sceneId: 's' }, (span: Span) => (span.setAttribute('k', 1), 7))
export const header: string | null = injectTraceContext(new Headers()).get('traceparent')
{
  using span = getTracer().startSpan('name')
  span.addEvent('event')
}
export const tree: string = spanTree(memory.spans)
export const value: string | undefined = withBaggage({ a: '1', b: null }, () => getBaggage().get('a')?.value)
withBaggage([['a', { value: '1', metadata: 'p' }], ['b', null]], () => {})
withBaggage(new Map([['a', '1']]), () => {})
export const eight: Promise<number> = getMetrics().trackJob('a-job', 's', async () => 8)
export const stats: MetricStats | undefined = getMetrics().getStats()['a']
getMetrics().increment('n', { a: 's', b: 1, c: true, d: undefined })
registerInto({ registerMetric: (metric: object) => void metric })
const deadLetterQueue: DeadLetterQueue = getDeadLetterQueue()
const job = { sceneId: 's', jobType: 'a-job', step: 'a', inputParams: { a: 1 }, deadLetterQueue }
export const code: Promise<number> = runJobWithDeadLetterQueue(async () => { throw new JobExit(2) }, job)
export const none: Promise<number> = runJobWithDeadLetterQueue(() => {}, { sceneId: 's', jobType: 'a-job', step: 'a' })
export const fields: Record<string, string | boolean> = { ...logFields(), ...logFields('gcp') }
`
const TESTING = `
import { assertNoOpenSpans, MemoryExporter, type TestTracing, withTestTracing } from 'blueprint-tracing/testing'
export const names: string[] = new MemoryExporter().spans.map(span => span.name)
export const tree: string = withTestTracing((tracing: TestTracing) => tracing.tree())
export const count: Promise<number> = withTestTracing(async ({ spans, flush }) => {
  await flush()
  return spans.length
})
assertNoOpenSpans()
`

describe('a strict program compiles against the declarations, which it checks too (after a build)', () => {
  let folder: string
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'declarations-'))
    for (const path of ['package.json', 'dist/types']) {
      cpSync(join(ROOT, path), join(folder, 'node_modules/blueprint-tracing', path), { recursive: true })
    }
    writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')
  })
  after(() => rmSync(folder, { recursive: true }))

  const rows: [source: string, module: string, moduleResolution: string, company: string, types: string[]][] = [
    [TRACING, 'node16', 'node16', "Node's types", NODE_TYPES],
    [TRACING, 'esnext', 'bundler', "Node's types", NODE_TYPES],
    [TESTING, 'node16', 'node16', 'no other types', []],
  ]
  for (const [source, module, moduleResolution, company, types] of rows) {
    test(`module resolution ${moduleResolution}, with ${company}`, () => {
      writeFileSync(join(folder, 'program.ts'), source)
      const flags = ['--noEmit', '--strict', '--exactOptionalPropertyTypes', '--target', 'es2022']
      const args = [...flags, '--module', module, '--moduleResolution', moduleResolution, ...types, 'program.ts']
      const { stdout } = spawnSync(process.execPath, [COMPILER, ...args], { cwd: folder, encoding: 'utf8' })
      assert.equal(stdout, '')
    })
  }
})
