import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { after, test } from 'node:test'
import { createReaderProject, programsOf, readPage } from '../support/prose.ts'

/** That of a page which a newcomer reads in full; what goes deeper is in docs. */
const MAX_BYTES = 21_000

const root = resolve(import.meta.dirname, '../..')
const readme = readPage('README.md')
const programs = programsOf(readme)

const project = createReaderProject()
after(() => project.remove())

test(`the README has at most ${MAX_BYTES} bytes`, () => {
  assert.ok(Buffer.byteLength(readme) <= MAX_BYTES, `${Buffer.byteLength(readme)} bytes`)
})

test('the README has the programs that are tested here', () => assert.equal(programs.length, 3))

test('the first program prints what the README says', () => {
  const { status, stdout, stderr } = project.run(programs[0]!)
  assert.equal(status, 0, stderr)
  assert.equal(stdout, "[ 'console' ]\n")
  assert.match(stderr, /job:regen3d-job\n.*load mesh/)
})

test('the first program is about twelve lines', () => {
  const lines = programs[0]!.split('\n').filter(line => line.trim() !== '')
  assert.ok(lines.length <= 12, `${lines.length} lines`)
})

test('the program between processes starts its child', () => {
  const { status, stdout } = project.run(programs[1]!)
  assert.equal(status, 0)
  assert.equal(stdout.trim(), process.version)
})

test('the job fails into a dead letter', () => {
  const { status, stderr } = project.run(programs[2]!)
  assert.equal(status, 65, stderr)
  const [file] = readdirSync(join(project.folder, 'dead-letter/pending'))
  const { error_message, original_payload } = JSON.parse(
    readFileSync(join(project.folder, 'dead-letter/pending', file!), 'utf8'),
  )
  assert.deepEqual([error_message, original_payload], ['Job exited with code 65', { mesh: 'bunny.obj' }])
})

const source = (file: string): string => readFileSync(join(root, 'src', file), 'utf8')
const configuration = ['config.ts', ...readdirSync(join(root, 'src/config')).map(file => `config/${file}`)]
  .map(source)
  .join('\n')
const table = readme.slice(
  readme.indexOf('## Options and environment'),
  readme.indexOf('## What happens when things fail'),
)

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
