import assert from 'node:assert/strict'
import { existsSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import type { Stats } from '../../src/types/tracing.ts'
import { runChild } from '../support/child.ts'
import { createProgram, type InstalledProgram } from '../support/installed.ts'
import { assertBalanced } from '../support/ledger.ts'

/** Says what has been loaded, and whether a span that is recorded is the current one for the package's other functions. */
const PROGRAM = `
import fs from 'node:fs'
import { createRequire } from 'node:module'
const files = []
const { readFileSync } = fs
fs.readFileSync = (file, ...rest) => {
  files.push(String(file))
  return readFileSync(file, ...rest)
}
const { getCurrentSpan, initTracing, injectTraceContext, traceFunction, traceJob } = await import(process.argv[2])
const required = () => Object.keys(createRequire(import.meta.url).cache)
const isLoaded = () => [...files, ...required()].some(file => file.endsWith('recording.cjs'))
const seen = [isLoaded()]
traceJob('before', () => {})
const tracing = initTracing(process.argv[3] === 'on' ? { exporters: { kind: 'file', path: 'traces.jsonl' } } : undefined)
const job = traceFunction('wrapped', () => [getCurrentSpan()?.isRecording(), injectTraceContext().traceparent?.length])
const current = traceJob('a-job', job)
await tracing.flush()
seen.push(isLoaded())
console.log(JSON.stringify({ enabled: tracing.enabled, seen, current, stats: tracing.stats() }))
`
/** Copies of the package then find no state of each other's among the globals. */
const FIXED = `Object.preventExtensions(globalThis)\n${PROGRAM}`

/** Its exporter ends the export thread, after what would then export from this one has become unreadable. */
const DYING = `
import { rmSync } from 'node:fs'
import { initTracing, traceJob } from 'blueprint-tracing'
const tracing = initTracing({ exporters: { kind: 'module', url: './ending.mjs' } })
rmSync('node_modules/blueprint-tracing/dist/pipeline-local-export.cjs')
traceJob('a-job', () => {})
await tracing.flush()
traceJob('another-job', () => {})
await tracing.flush()
console.log(JSON.stringify({ stats: tracing.stats() }))
`

/** Of the copy that is named, which may not be the one whose jobs fail. */
const UNREDACTED = `
import { runJobWithDeadLetterQueue } from 'blueprint-tracing/jobs'
const { initTracing } = await import(process.argv[2])
initTracing({ enabled: process.argv[3] === 'on', exporters: { kind: 'file', path: 'traces.jsonl' }, redact: { keys: ['token'] } })
const fail = () => { throw new Error('with a token') }
process.exit(await runJobWithDeadLetterQueue(fail, { sceneId: 's', jobType: 'a-job', inputParams: { token: 't' } }))
`
const UNREADABLE = `
import { initTracing } from 'blueprint-tracing'
console.log(initTracing({ exporters: [], get redact() { throw new Error('unreadable') } }).enabled)
`
const METRICS = `
import { getMetrics } from 'blueprint-tracing/metrics'
await getMetrics().trackJob('a-job', 's', async () => {})
console.log(JSON.stringify(getMetrics().getStats()))
`
const ENDING = "export default () => ({ name: 'ending', export: () => process.exit(1) })"

interface Seen {
  readonly enabled: boolean
  readonly seen: readonly boolean[]
  readonly current: readonly unknown[]
  readonly stats: Stats
}

describe('the part that records is loaded when a program records (after a build)', () => {
  let program: InstalledProgram
  before(() => {
    program = createProgram()
    program.install()
  })
  after(() => program.remove())

  async function run(source: string, entry: string, mode: 'on' | 'off'): Promise<Seen> {
    const options = { args: [entry, mode], cwd: program.folder }
    const { code, stdout, stderr } = await runChild(program.write('app.mjs', source), options)
    assert.equal(code, 0, stderr)
    assert.doesNotMatch(stderr, /copies of blueprint-tracing/)
    return JSON.parse(stdout) as Seen
  }

  test('while tracing is off it is not', async () => {
    const { enabled, seen, current } = await run(PROGRAM, 'blueprint-tracing', 'off')
    assert.deepEqual([enabled, seen, current], [false, [false, false], [null, null]])
  })

  const rows: [what: string, source: string, entry: string][] = [
    ['by the entry that loads it on demand', PROGRAM, 'blueprint-tracing'],
    ['by the entry that brings it along', PROGRAM, './node_modules/blueprint-tracing/dist/whole/index.js'],
    ['by a program whose globals are fixed', FIXED, 'blueprint-tracing'],
  ]
  for (const [what, source, entry] of rows) {
    test(`${what}: its spans are those that the rest of the package knows`, async () => {
      const { enabled, seen, current, stats } = await run(source, entry, 'on')
      assert.deepEqual([enabled, seen.at(-1), current], [true, true, [true, 55]])
      assertBalanced(stats)
      assert.equal(stats.exporters.file?.acked, 2)
    })
  }

  test('a program whose export thread dies goes on, also where nothing can take its place', async () => {
    program.write('ending.mjs', ENDING)
    const { code, stdout, stderr } = await runChild(program.write('app.mjs', DYING), { cwd: program.folder })
    assert.equal(code, 0, stderr)
    const { stats } = JSON.parse(stdout) as Seen
    assertBalanced(stats)
    const { worker_lost, closed } = stats.exporters.module!.dropped
    assert.deepEqual([worker_lost, closed], [1, 1])
    assert.match(stderr, /the export thread died .*; nothing more is exported: ENOENT/)
  })

  async function failUnredacted(entry: string, mode: 'on' | 'off'): Promise<void> {
    const url = program.write('app.mjs', UNREDACTED)
    const { code, stderr } = await runChild(url, { args: [entry, mode], cwd: program.folder })
    assert.equal(code, 1, stderr)
    assert.match(stderr, /a-job failed; no dead letter is stored, since nothing can redact it: ENOENT/)
    for (const kept of ['dead-letter', 'traces.jsonl']) assert.ok(!existsSync(join(program.folder, kept)), kept)
  }

  for (const [mode, name] of [
    ['on', 'trace-redaction.cjs'],
    ['off', 'trace-redaction.cjs'],
    ['on', 'config-other-options.cjs'],
  ] as const) {
    test(`with tracing ${mode}, a job that fails keeps nothing without ${name}, which redacts or checks how`, async () => {
      rmSync(join(program.folder, 'traces.jsonl'), { force: true })
      const part = join(program.folder, 'node_modules/blueprint-tracing/dist', name)
      renameSync(part, `${part}.away`)
      try {
        await failUnredacted('blueprint-tracing', mode)
      } finally {
        renameSync(`${part}.away`, part)
      }
    })
  }

  test('where it is missing tracing is off, which is said with what to do', async () => {
    rmSync(join(program.folder, 'node_modules/blueprint-tracing/dist/recording.cjs'))
    const url = program.write('app.mjs', PROGRAM)
    const { code, stdout, stderr } = await runChild(url, { args: ['blueprint-tracing', 'on'], cwd: program.folder })
    assert.equal(code, 0)
    assert.equal((JSON.parse(stdout) as Seen).enabled, false)
    assert.match(
      stderr,
      /tracing is off, since a part of it cannot be loaded; a bundler has to leave blueprint-tracing external/,
    )
  })

  test('and so it is where the options cannot be read', async () => {
    const { code, stdout } = await runChild(program.write('app.mjs', UNREADABLE), { cwd: program.folder })
    assert.deepEqual([code, stdout.trim()], [0, 'false'])
  })

  test('a job that fails keeps nothing without it where a set-up redacts, also that of another copy', async () => {
    await failUnredacted('blueprint-tracing', 'on')
    program.install('other')
    await failUnredacted('./other/node_modules/blueprint-tracing/dist/index.js', 'off')
  })

  test('metrics go on without it, and say once that they are not sent', async () => {
    const env = { METRICS_BACKEND: 'cloud_monitoring' }
    const { code, stdout, stderr } = await runChild(program.write('app.mjs', METRICS), { env, cwd: program.folder })
    assert.equal(code, 0, stderr)
    assert.match(stdout, /a-job/)
    assert.equal(stderr.match(/cloud_monitoring: metrics are not sent, since a part cannot be loaded; /g)?.length, 1)
  })
})
