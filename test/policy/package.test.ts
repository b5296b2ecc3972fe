import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'

interface Packed {
  readonly unpackedSize: number
  readonly files: readonly { readonly path: string }[]
}

interface Manifest {
  readonly bin: Readonly<Record<string, string>>
  readonly exports: Readonly<Record<string, string | Readonly<Record<string, string>>>>
}

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const MAX_UNPACKED_BYTES = 400_000
/** What npm packs and what it is built from. */
const SOURCES = [
  'CHANGELOG.md',
  'LICENSE',
  'README.md',
  'package.json',
  'proto',
  'scripts',
  'src',
  'tsconfig.json',
  'tsconfig.types.json',
]
const MARK_OF_JOBS = 'JOB_PREVIOUS_TRACEPARENTS'
const ALLOWED = /^(?:dist\/.+\.(?:c?js|d\.ts)|proto\/[^/]+|README\.md|LICENSE|CHANGELOG\.md|package\.json)$/

const MARK_OF_PIPELINE = 'its queue held up the other exporters'

describe('the package as npm packs it, which builds it first', () => {
  let folder: string
  let packed: Packed
  let paths: readonly string[]
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'packed-'))
    for (const name of SOURCES) cpSync(join(ROOT, name), join(folder, name), { recursive: true })
    symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'), 'junction')
    const json = execFileSync('npm', ['pack', '--dry-run', '--json', '--silent'], {
      cwd: folder,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'inherit'],
      shell: process.platform === 'win32',
    })
    packed = (JSON.parse(json) as Packed[])[0]!
    paths = packed.files.map(file => file.path)
  })
  after(() => rmSync(folder, { recursive: true }))

  const readPacked = (path: string): string => readFileSync(join(folder, path), 'utf8')
  const loadedWith = (entry: string): readonly string[] => loadedIn(join(folder, 'dist'), entry)

  test('it holds dist without source maps, proto and the pages beside them, nothing else', () => {
    assert.deepEqual(
      paths.filter(path => !ALLOWED.test(path)),
      [],
    )
    assert.deepEqual(
      paths.filter(path => isBundle(path) && readPacked(path).includes('sourceMappingURL')),
      [],
    )
  })

  test('it holds every file that its exports name, the export thread, and what belongs to any package', () => {
    const { exports, bin } = JSON.parse(readPacked('package.json')) as Manifest
    const entries = Object.values(exports).flatMap(entry =>
      typeof entry === 'string' ? [entry] : Object.values(entry),
    )
    const needed = entries.map(entry => entry.replace('./', ''))
    needed.push(
      ...Object.values(bin),
      'dist/export-worker.cjs',
      'dist/propagation-other-headers.cjs',
      'dist/trace-traced-functions.cjs',
      'dist/recording.cjs',
      'dist/config-other-options.cjs',
      'dist/trace-redaction.cjs',
      'dist/pipeline-local-export.cjs',
      'dist/load-part.js',
      'dist/metrics-worker.cjs',
      'dist/exporters-create.js',
      'dist/jobs-remote-queues.js',
      'proto/cloudtrace.proto',
      'proto/jaeger.thrift',
      'proto/otlp.proto',
      'proto/pubsub.proto',
      'README.md',
      'LICENSE',
      'CHANGELOG.md',
    )
    assert.ok(needed.length > 7)
    assert.deepEqual(
      needed.filter(path => !paths.includes(path)),
      [],
    )
  })

  test('an index that is loaded is one file, with nothing of jobs in it', () => {
    const holders = (entry: string): string[] =>
      loadedWith(entry).filter(name => readPacked(`dist/${name}`).includes(MARK_OF_JOBS))
    assert.deepEqual(loadedWith('index.js'), ['index.js'])
    assert.deepEqual(holders('index.js'), [])
    assert.equal(holders('jobs.js').length, 1)
  })

  test('jobs bring the queues that are elsewhere, and what speaks to them, only when one is chosen', () => {
    const holders = (mark: string): string[] =>
      [...loadedWith('jobs.js'), ...loadedWith('cli.js')].filter(name => readPacked(`dist/${name}`).includes(mark))
    assert.deepEqual([holders('google.pubsub.v1'), holders('ifGenerationMatch'), holders('reuseSocket')], [[], [], []])
    assert.deepEqual(holders('./jobs-remote-queues.js').length, 2)
  })

  test('what exports where there is no thread is the code of the export thread', () => {
    const holders = paths.filter(path => isBundle(path) && readPacked(path).includes(MARK_OF_PIPELINE))
    assert.deepEqual(holders, ['dist/export-common.cjs'])
    for (const path of ['dist/export-worker.cjs', 'dist/pipeline-local-export.cjs'])
      assert.match(readPacked(path), /require\("\.\/export-common\.cjs"\)/)
  })

  test('bundlers may indent it, and find no folder of files in it', () => {
    const code = new Map(paths.filter(isBundle).map(path => [path, readPacked(path)]))
    const holders = (mark: RegExp): string[] => [...code].filter(([, text]) => mark.test(text)).map(([path]) => path)
    assert.ok(code.size > 10)
    assert.deepEqual(holders(/\\$/m), [], 'a string that goes on in the next line')
    assert.deepEqual(
      holders(/new URL\([^"'`)][^)]*,\s*import\.meta\.url\)/),
      [],
      'a URL that webpack takes for a folder',
    )
  })

  test(`it takes less than ${MAX_UNPACKED_BYTES} bytes`, () => {
    assert.ok(packed.unpackedSize < MAX_UNPACKED_BYTES, `${packed.unpackedSize} bytes`)
  })
})

function isBundle(path: string): boolean {
  return /^dist\/.+\.c?js$/.test(path)
}

/** The files of `dist` that an entry loads with itself. */
function loadedIn(dist: string, entry: string): readonly string[] {
  const loaded = new Set([entry])
  for (const name of loaded) {
    const code = readFileSync(join(dist, name), 'utf8')
    for (const [, next] of code.matchAll(/(?:from|import)"\.\/([^"]+)"/g)) loaded.add(next!)
  }
  return [...loaded]
}
