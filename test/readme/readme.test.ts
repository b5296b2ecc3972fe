import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { after, test } from 'node:test'

const root = resolve(import.meta.dirname, '../..')
const readme = readFileSync(join(root, 'README.md'), 'utf8')
const programs = [...readme.matchAll(/```js\n([\s\S]*?)```/g)].map(match => match[1]!)

/** A project that has installed the package, so that the README's imports mean what they mean to a reader. */
const project = mkdtempSync(join(tmpdir(), 'readme-'))
mkdirSync(join(project, 'node_modules'))
symlinkSync(root, join(project, 'node_modules/blueprint-tracing'))
after(() => rmSync(project, { recursive: true }))

function run(program: string): { status: number | null; stdout: string; stderr: string } {
  const file = join(project, 'program.mjs')
  writeFileSync(file, program)
  const { OTEL_LOG_LEVEL: _level, ...env } = process.env
  return spawnSync(process.execPath, [file], { cwd: project, env, encoding: 'utf8' })
}

test('the README has the programs that are tested here', () => assert.equal(programs.length, 2))

test('the first program prints what the README says', () => {
  const { status, stdout, stderr } = run(programs[0]!)
  assert.equal(status, 0, stderr)
  assert.equal(stdout, "[ 'console' ]\n")
  assert.match(stderr, /job:regen3d-job\n.*load mesh/)
})

test('the first program is about twelve lines', () => {
  const lines = programs[0]!.split('\n').filter(line => line.trim() !== '')
  assert.ok(lines.length <= 12, `${lines.length} lines`)
})

test('the program between processes starts its child', () => {
  const { status, stdout } = run(programs[1]!)
  assert.equal(status, 0)
  assert.equal(stdout.trim(), process.version)
})
