import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type { Stats } from '../../src/types/tracing.ts'
import { runChild } from '../support/child.ts'
import { type Collector, startCollector } from '../support/collector.ts'
import { assertBalanced } from '../support/ledger.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

const PROGRAM = `
const { initTracing, traceJob } = require('blueprint-tracing')
const { MemoryExporter, spanTree } = require('blueprint-tracing/testing')
const exporter = new MemoryExporter()
const url = process.argv[2]
const tracing = initTracing({ exporters: [{ kind: 'otlp', url }, { kind: 'custom', exporter }], logger: false })
traceJob('required-job', { sceneId: 's' }, span => span.setAttribute('key', 1))
tracing.flush().then(async () => {
  const imported = await import('blueprint-tracing')
  const same = imported.initTracing === initTracing && imported.getTracing() === tracing
  console.log(JSON.stringify({ same, tree: spanTree(exporter.spans), stats: tracing.stats() }))
})
`

const TYPED = `
import tracing = require('blueprint-tracing')
import testing = require('blueprint-tracing/testing')
export const seven: number = tracing.traceJob('a-job', () => 7)
export const names: string[] = new testing.MemoryExporter().spans.map(span => span.name)
`

describe('a CommonJS program requires the package where it is installed (after a build)', () => {
  let folder: string
  let collector: Collector
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'require-'))
    const installed = join(folder, 'node_modules/blueprint-tracing')
    for (const path of ['package.json', 'dist']) cpSync(join(ROOT, path), join(installed, path), { recursive: true })
    symlinkSync(join(ROOT, 'node_modules/undici'), join(folder, 'node_modules/undici'), 'junction')
    collector = await startCollector()
  })
  after(() => {
    collector.stop()
    rmSync(folder, { recursive: true })
  })

  test('it records, delivers, and shares its state with import()', async () => {
    const program = join(folder, 'program.cjs')
    writeFileSync(program, PROGRAM)
    const { code, stdout, stderr } = await runChild(pathToFileURL(program), { args: [collector.url] })
    assert.deepEqual([code, stderr], [0, ''])
    const { same, tree, stats } = JSON.parse(stdout) as { same: boolean; tree: string; stats: Stats }
    assert.deepEqual([same, tree], [true, 'job:required-job'])
    assertBalanced(stats)
    assert.deepEqual([stats.exporters.otlp!.acked, stats.exporters.custom!.acked], [1, 1])
    assert.equal(await collector.count(), 1)
  })

  test('every entry can be required', async () => {
    const manifest = readFileSync(join(ROOT, 'package.json'), 'utf8')
    const { exports } = JSON.parse(manifest) as { readonly exports: Readonly<Record<string, unknown>> }
    const entries = Object.keys(exports).map(entry => entry.replace('.', 'blueprint-tracing'))
    const program = join(folder, 'entries.cjs')
    writeFileSync(program, `for (const entry of ${JSON.stringify(entries)}) console.log(typeof require(entry))`)
    const { code, stdout, stderr } = await runChild(pathToFileURL(program))
    assert.deepEqual([code, stderr], [0, ''])
    assert.equal(stdout, 'object\n'.repeat(entries.length))
  })

  test('its types can be required as well', () => {
    writeFileSync(join(folder, 'typed.cts'), TYPED)
    const compiler = join(ROOT, 'node_modules/typescript/bin/tsc')
    const types = ['--types', 'node', '--typeRoots', join(ROOT, 'node_modules/@types')]
    const args = [compiler, '--noEmit', '--strict', '--target', 'es2022', '--module', 'nodenext', ...types, 'typed.cts']
    assert.equal(spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8' }).stdout, '')
  })
})
