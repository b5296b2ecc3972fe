import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { buildSync } from 'esbuild'
import { setSource } from '../../src/trace/current-source.ts'
import { offSource } from '../../src/trace/span-source.ts'
import { traceFunction } from '../../src/trace/trace-function.ts'
import type { Stats } from '../../src/types/tracing.ts'
import { runChild } from '../support/child.ts'
import { assertBalanced } from '../support/ledger.ts'
import { createRecording } from '../support/recording.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const PROGRAM = join(ROOT, 'test/decorators/program.ts')
const METHODS = ['weld', 'load', 'faces', 'chunks', 'make', 'fail']

interface Report {
  readonly results: readonly unknown[]
  readonly shape: readonly unknown[]
  /** The methods that are the very functions of the class. */
  readonly intact: readonly string[]
  readonly spans: readonly { name: string; kind: number; module: string; status: string }[]
  readonly stats: Stats
}

/** Compiles what stands beside the program as well: the types have to be right with both kinds. */
function withTypeScript(tsconfig: string, folder: string): void {
  const compiler = join(ROOT, 'node_modules/typescript/bin/tsc')
  const flags = ['--noEmit', 'false', '--declaration', 'false', '--isolatedDeclarations', 'false']
  const paths = ['--rootDir', join(ROOT, 'test/decorators'), '--outDir', folder]
  const { stdout } = spawnSync(process.execPath, [compiler, '-p', tsconfig, ...flags, ...paths], { encoding: 'utf8' })
  assert.equal(stdout, '')
}

function withEsbuild(tsconfig: string, folder: string): void {
  buildSync({ entryPoints: [PROGRAM], tsconfig, outdir: folder, format: 'esm', target: 'node20.19' })
}

describe('methods of a class that is compiled (after a build)', () => {
  let folder: string
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'decorators-'))
    mkdirSync(join(folder, 'node_modules'))
    symlinkSync(ROOT, join(folder, 'node_modules/blueprint-tracing'), 'junction')
    writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')
  })
  after(() => rmSync(folder, { recursive: true }))

  for (const [kind, tsconfig, helper] of [
    ['standard', 'test/decorators/tsconfig.json', /__(?:esDecorate|decorateElement)\(/],
    ['legacy', 'test/decorators-legacy/tsconfig.json', /__(?:decorate|decorateClass)\(/],
  ] as const) {
    for (const [compiler, compile] of [
      ['the TypeScript compiler', withTypeScript],
      ['esbuild', withEsbuild],
    ] as const) {
      describe(`by ${compiler} with ${kind} decorators`, () => {
        let output: string
        before(() => {
          output = join(folder, `${kind}-${compile.name}`)
          compile(join(ROOT, tsconfig), output)
          assert.match(readFileSync(join(output, 'program.js'), 'utf8'), helper)
        })

        for (const when of ['before', 'after']) {
          test(`are traced where tracing is set up ${when} the class is defined`, async () => {
            assertTraced(await runProgram(output, when, 'on'))
          })
        }

        test('are called and nothing more where tracing turned out to be off', async () => {
          const { results, spans, intact } = await runProgram(output, 'after', 'off')
          assert.deepEqual([results, spans, intact], [resultsOf('in none'), [], []])
        })

        test('are the functions of the class where tracing is off', async () => {
          const { results, spans, intact } = await runProgram(output, 'before', 'off')
          assert.deepEqual([results, spans, intact], [resultsOf('in none'), [], METHODS])
        })
      })
    }
  }
})

async function runProgram(folder: string, when: string, enabled: string): Promise<Report> {
  const { stdout, stderr } = await runChild(pathToFileURL(join(folder, 'program.js')), { args: [when, enabled] })
  assert.equal(stderr, '')
  const report = JSON.parse(stdout) as Report
  assertBalanced(report.stats)
  assert.deepEqual([report.stats.open, report.stats.ended], [0, report.spans.length])
  return report
}

function assertTraced({ results, shape, intact, spans }: Report): void {
  assert.deepEqual(results, resultsOf('in a span'))
  assert.deepEqual(shape, ['weld', 2, true, false, true, 'make'])
  assert.deepEqual(intact, [])
  const module = spans[0]!.module
  assert.match(module, /\/program\.js$/)
  const span = { kind: 0, module, status: '' }
  assert.deepEqual(spans, [
    { ...span, name: 'Mesh.weld' },
    { ...span, name: 'load mesh' },
    { ...span, name: 'Mesh.faces' },
    { ...span, name: 'Mesh.chunks', kind: 2, module: 'mesh' },
    { ...span, name: 'Mesh.make' },
    { ...span, name: 'Mesh.fail', status: 'too fine' },
    { ...span, name: 'FineMesh.covered' },
    { ...span, name: 'Mesh.[Symbol.toPrimitive]' },
  ])
}

function resultsOf(where: 'in a span' | 'in none'): unknown[] {
  return [20, where, [100, 101, where], where, true, 'RangeError: too fine', where, 'mesh']
}

const recording = createRecording()
setSource(recording.source)

test('private methods, which standard decorators alone can take, are traced', () => {
  class Mesh {
    @traceFunction()
    #weld(): number {
      return 1
    }

    @traceFunction()
    static #make(): Mesh {
      return new Mesh()
    }

    static weld(): number {
      return Mesh.#make().#weld()
    }
  }
  assert.equal(Mesh.weld(), 1)
  assert.deepEqual(
    recording.spans().map(({ name }) => name),
    ['Mesh.#make', 'Mesh.#weld'],
  )
})

const method = (): void => {}
const decorate = traceFunction() as (...given: readonly unknown[]) => unknown

const wrongPlaces: readonly [what: string, given: readonly unknown[], named: string][] = [
  ['a getter', [method, { kind: 'getter', name: 'size' }], 'getter size'],
  ['a setter', [method, { kind: 'setter', name: 'size' }], 'setter size'],
  ['an accessor', [{}, { kind: 'accessor', name: '#size' }], 'accessor #size'],
  ['a field', [undefined, { kind: 'field', name: Symbol('size') }], 'field [size]'],
  ['a class', [class Mesh {}, { kind: 'class', name: 'Mesh' }], 'class'],
  ['a class, legacy', [class Mesh {}], 'class'],
  ['a field, legacy', [{}, 'size', undefined], 'property size'],
  ['a getter, legacy', [{}, 'size', { get: method }], 'property size'],
  ['a parameter, legacy', [{}, 'weld', 0], 'property weld'],
]
for (const [what, given, named] of wrongPlaces) {
  test(`on ${what} it is refused, also while tracing is off`, t => {
    t.after(() => setSource(recording.source))
    for (const source of [recording.source, offSource([])]) {
      setSource(source)
      assert.throws(() => decorate(...given), {
        name: 'TypeError',
        message: `traceFunction decorates methods, not the ${named}`,
      })
    }
  })
}

test('while tracing is off, a method and its descriptor are left as they are, also by a decorator made before', t => {
  t.after(() => setSource(recording.source))
  setSource(offSource([]))
  const descriptor = { value: method, writable: true, enumerable: false, configurable: true }
  for (const decorator of [decorate, traceFunction('late') as typeof decorate]) {
    assert.equal(decorator(method, { kind: 'method', name: 'method', static: false }), method)
    assert.equal(decorator({}, 'method', descriptor), descriptor)
    assert.equal(descriptor.value, method)
  }
})
