import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join, posix } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { STATE_NAME } from '../../src/shared-state.ts'
import { runChild } from '../support/child.ts'
import { createProgram, type InstalledProgram } from '../support/installed.ts'

const DIST = fileURLToPath(new URL('../../dist', import.meta.url))
/** Texts that only the metrics have. */
const MARKS = ['scenes_in_progress', 'METRICS_BACKEND']

/** The files of dist that an entry loads, at once or when they are called for. */
function loadedBy(entry: string): readonly string[] {
  const found = new Set([entry])
  for (const file of found) {
    const code = readFileSync(join(DIST, file), 'utf8')
    for (const [, path] of code.matchAll(/\b(?:from|import)\s*\(?\s*"(\.[^"]+)"/g)) found.add(posix.normalize(path!))
  }
  return [...found]
}

const PROGRAM = `
const loaded = module => process.moduleLoadList.includes('NativeModule ' + module)
const parts = () => [...globalThis[Symbol.for('${STATE_NAME}')].parts.keys()].includes('metrics')
const tracing = await import('blueprint-tracing')
const before = { metrics: parts(), http: loaded('http') }
const { getMetrics } = await import('blueprint-tracing/metrics')
tracing.initTracing({ enabled: false, logger: false })
getMetrics().trackJob('a-job', 's', () => {})
const inMemory = { metrics: parts(), http: loaded('http') }
process.env.METRICS_BACKEND = 'prometheus'
process.env.PROMETHEUS_METRICS_PORT = '0'
getMetrics()
console.log(JSON.stringify({ before, inMemory, prometheus: { metrics: parts(), http: loaded('http') } }))
`
const COPIES = `
import { getMetrics } from 'blueprint-tracing/metrics'
import { metrics as library } from 'library'
library.getMetrics().increment('pages_total', {})
getMetrics().increment('pages_total', {})
console.log(getMetrics() === library.getMetrics(), getMetrics().getStats().pages_total.sum)
`

describe('the entry of the metrics (after a build)', () => {
  let program: InstalledProgram
  before(() => {
    program = createProgram()
    program.install()
  })
  after(() => program.remove())

  test('none of the other entries loads anything of it', () => {
    const marked = (entry: string): readonly string[] =>
      loadedBy(entry).filter(file => MARKS.some(mark => readFileSync(join(DIST, file), 'utf8').includes(mark)))
    for (const entry of ['index.js', 'testing.js', 'register.js']) assert.deepEqual(marked(entry), [], entry)
    assert.ok(marked('metrics.js').length > 0)
  })

  test('it shares the one file of the tracer', () => {
    const files = loadedBy('index.js')
    assert.deepEqual(
      files.filter(file => file !== 'index.js' && !loadedBy('metrics.js').includes(file)),
      [],
    )
  })

  test('the metrics are there when they are imported, and node:http when Prometheus is asked for', async () => {
    const { stdout, stderr } = await runChild(program.write('main.mjs', PROGRAM), {
      env: { NODE_V8_COVERAGE: undefined },
    })
    assert.deepEqual(JSON.parse(stdout || stderr), {
      before: { metrics: false, http: false },
      inMemory: { metrics: true, http: false },
      prometheus: { metrics: true, http: true },
    })
  })

  test('two copies of the package record in one place', async () => {
    program.installLibrary('library', "export * as metrics from 'blueprint-tracing/metrics'")
    program.install('node_modules/library')
    const { stdout } = await runChild(program.write('copies.mjs', COPIES))
    assert.equal(stdout, 'true 2\n')
  })
})
