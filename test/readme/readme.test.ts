import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
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

function run(program: string, ...flags: readonly string[]): { status: number | null; stdout: string; stderr: string } {
  const file = join(project, 'program.mjs')
  writeFileSync(file, program)
  // A test runner that is told that it runs in another one prints for that.
  const { OTEL_LOG_LEVEL: _level, NODE_TEST_CONTEXT: _context, ...env } = process.env
  return spawnSync(process.execPath, [...flags, file], { cwd: project, env, encoding: 'utf8' })
}

test('the README has the programs that are tested here', () => assert.equal(programs.length, 6))

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

test('the job fails into a dead letter', () => {
  const { status, stderr } = run(programs[2]!)
  assert.equal(status, 65, stderr)
  const [file] = readdirSync(join(project, 'dead-letter/pending'))
  const { error_message, original_payload } = JSON.parse(
    readFileSync(join(project, 'dead-letter/pending', file!), 'utf8'),
  )
  assert.deepEqual([error_message, original_payload], ['Job exited with code 65', { mesh: 'bunny.obj' }])
})

test('the program that redacts shows nothing of what is secret, and all the rest', () => {
  const { status, stderr } = run(programs[3]!)
  assert.equal(status, 0, stderr)
  assert.doesNotMatch(stderr, /hunter2|4929123456789012/)
  assert.match(stderr, /pay with \[redacted\]/)
  assert.match(stderr, /\\"user\\":\\"me\\"/)
})

test('the test in the README passes', () => {
  const { status, stdout, stderr } = run(programs[4]!, '--test')
  assert.equal(status, 0, stdout + stderr)
  assert.match(stdout, /a scene is regenerated in one trace/)
})

test('the program with metrics prints what the README says', () => {
  const { status, stdout, stderr } = run(programs.find(program => program.includes('/metrics'))!)
  assert.deepEqual([status, stdout, stderr], [0, '1\n', ''])
})

const source = (file: string): string => readFileSync(join(root, 'src', file), 'utf8')
const configuration = ['config.ts', ...readdirSync(join(root, 'src/config')).map(file => `config/${file}`)]
  .map(source)
  .join('\n')
const table = readme.slice(readme.indexOf('## Options and environment'), readme.indexOf('## Redaction'))

test('the table has every option, and no other', () => {
  const [, body = ''] = /interface TracingOptions \{\n([\s\S]*?)\n\}/.exec(source('types/options.ts')) ?? []
  const options = Array.from(body.matchAll(/^ {2}(\w+)\?/gm), ([, name]) => name!)
  const cells = Array.from(table.matchAll(/^\| (`[^|]*) \|/gm), ([, cell]) => cell!).flatMap(cell => cell.split(', '))
  const named = new Set(cells.map(cell => cell.replaceAll('`', '').split('.')[0]!))
  assert.ok(options.length > 15)
  assert.deepEqual([...named].sort(), options.sort())
})

test('the table has every variable that is read, and no other', () => {
  const read = new Set(Array.from(configuration.matchAll(/'([A-Z][A-Z_]{3,})'/g), ([, name]) => name!))
  // Names that are put together of parts.
  for (const part of ['PROTOCOL', 'COMPRESSION', 'CERTIFICATE', 'CLIENT_CERTIFICATE', 'CLIENT_KEY']) {
    if (read.delete(part)) read.add(`OTEL_EXPORTER_OTLP_${part}`)
  }
  const named = new Set(Array.from(table.matchAll(/`([A-Z][A-Z_]{3,}[A-Z])\b/g), ([, name]) => name!))
  const forTraces = [...named].filter(name => name.startsWith('OTEL_EXPORTER_OTLP_TRACES_'))
  for (const name of forTraces) {
    named.delete(name)
    read.delete(name)
    assert.ok(named.has(name.replace('TRACES_', '')), name)
  }
  assert.ok(read.size > 30)
  assert.deepEqual([...named].sort(), [...read].sort())
})
