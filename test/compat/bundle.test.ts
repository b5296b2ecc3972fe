import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { pathToFileURL } from 'node:url'
import { build } from 'esbuild'
import type { Stats } from '../../src/types/tracing.ts'
import { runChild } from '../support/child.ts'
import { createProgram, type InstalledProgram } from '../support/installed.ts'
import { assertBalanced } from '../support/ledger.ts'

const PROGRAM = `
import { initTracing, traceJob } from 'blueprint-tracing'
const tracing = initTracing({ exporters: { kind: 'file', path: process.argv[2] }, redact: { keys: ['token'] } })
traceJob('bundled-job', { sceneId: 's', attributes: { token: 'secret' } }, () => {})
await tracing.flush()
console.log(JSON.stringify({ enabled: tracing.enabled, stats: tracing.stats() }))
`

describe('a program that a bundler has made one file of (after a build)', () => {
  let program: InstalledProgram
  before(() => {
    program = createProgram()
    program.install()
    program.write('app.mjs', PROGRAM)
  })
  after(() => program.remove())

  test('it traces and redacts, from the main thread, since the export thread is a file of its own', async () => {
    const outfile = join(program.folder, 'bundled/app.mjs')
    const traces = join(program.folder, 'traces.jsonl')
    const entryPoints = [join(program.folder, 'app.mjs')]
    await build({ entryPoints, outfile, bundle: true, format: 'esm', platform: 'node', logLevel: 'error' })
    const { code, stdout, stderr } = await runChild(pathToFileURL(outfile), { args: [traces] })
    assert.equal(code, 0, stderr)
    const { enabled, stats } = JSON.parse(stdout) as { enabled: boolean; stats: Stats }
    assert.equal(enabled, true)
    assertBalanced(stats)
    assert.equal(stats.exporters.file?.acked, 1)
    const text = readFileSync(traces, 'utf8')
    assert.match(text, /"name":"job:bundled-job".*\[redacted\]/)
    assert.doesNotMatch(text, /secret/)
    assert.match(stderr, /no export thread can be started .*a bundler has to leave blueprint-tracing external/)
  })
})
