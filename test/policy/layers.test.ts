import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { codeOf, importsOf, readSources, type Sources, targetOf } from '../support/sources.ts'

const PURE = ['types', 'wire', 'propagation', 'redaction']
const EXPORT = [...PURE, 'otlp', 'net', 'pipeline', 'exporters', 'version.ts']
const STATE = 'shared-state.ts'

/** What each folder of src, and each file beside them, may import; itself always. What is not listed may not exist. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  types: [],
  'version.ts': [],
  'wording.ts': [],
  'validate.ts': ['wording.ts'],
  [STATE]: ['version.ts'],
  wire: ['types'],
  propagation: ['types', 'load-part.ts'],
  redaction: ['types', STATE],
  net: ['types', 'wire'],
  otlp: PURE,
  trace: [...PURE, 'otlp', STATE, 'validate.ts', 'wording.ts', 'load-part.ts'],
  pipeline: [...PURE, 'otlp', 'net', STATE, 'load-part.ts'],
  exporters: EXPORT,
  config: ['types', 'net', 'version.ts', 'validate.ts', 'wording.ts', 'load-part.ts'],
  'log.ts': EXPORT,
  'export-worker.ts': [...EXPORT, 'log.ts'],
  'load-exporter.ts': ['types', 'exporters'],
  'live-tracing.ts': [...EXPORT, 'load-exporter.ts', 'log.ts', 'config', 'trace'],
  'copies.ts': [STATE, 'trace'],
  'recording.ts': ['wire', 'config', 'trace', 'pipeline', 'live-tracing.ts'],
  'load-recording.ts': ['recording.ts'],
  'load-part.ts': [],
  'load-recording-file.ts': ['load-part.ts', 'recording.ts'],
  'tracing.ts': [
    'types',
    'propagation',
    STATE,
    'log.ts',
    'config',
    'trace',
    'load-exporter.ts',
    'load-part.ts',
    'load-recording.ts',
    'copies.ts',
  ],
  'register.ts': ['tracing.ts'],
  'index.ts': ['types', 'trace', 'tracing.ts'],
  'say.ts': ['types', 'pipeline', 'log.ts', 'config', 'trace'],
  metrics: [
    'types',
    STATE,
    'validate.ts',
    'wording.ts',
    'config',
    'net',
    'pipeline',
    'load-recording.ts',
    'say.ts',
    'trace',
    'version.ts',
  ],
  'metrics-worker.ts': ['metrics'],
  jobs: [
    ...PURE,
    'net',
    'config',
    'validate.ts',
    'wording.ts',
    'trace',
    'load-recording.ts',
    'say.ts',
    'tracing.ts',
    'version.ts',
  ],
  cli: ['types', 'propagation', 'net', 'config', 'jobs'],
  testing: [...PURE, STATE, 'exporters', 'config', 'pipeline', 'trace', 'load-recording.ts', 'tracing.ts'],
}

/** Beside the pure ones. */
const LOADED_WITH_PROGRAM: readonly string[] = [STATE, 'trace', 'config', 'validate.ts', 'wording.ts', 'tracing.ts']

/** Files beside the folders that belong to one. */
const ENTRIES: readonly string[] = ['config.ts', 'testing.ts', 'jobs.ts', 'metrics.ts', 'cli.ts']

/** A folder, or a file of src itself. */
function layerOf(file: string): string {
  if (ENTRIES.includes(file)) return file.slice(0, -'.ts'.length)
  return file.includes('/') ? file.slice(0, file.indexOf('/')) : file
}

function forbiddenImports(sources: Sources): string[] {
  const found: string[] = []
  for (const [file, source] of sources) {
    const layer = layerOf(file)
    const allowed = MAY_IMPORT[layer]
    if (allowed === undefined) found.push(`${file} is in no known layer`)
    for (const { specifier } of importsOf(source)) {
      const target = targetOf(file, specifier)
      if (target === undefined || layerOf(target) === layer || allowed?.includes(layerOf(target))) continue
      found.push(`${file} imports ${target}`)
    }
  }
  return found
}

/** Imports of a file that was left out of `sources`, from a misread specifier or a file that is gone. */
function danglingImports(sources: Sources): string[] {
  return [...sources].flatMap(([file, source]) =>
    importsOf(source)
      .map(({ specifier }) => targetOf(file, specifier))
      .filter(target => target !== undefined && !sources.has(target))
      .map(target => `${file} imports ${target}, which is not there`),
  )
}

/** Static imports only: types vanish, and a dynamic import is not under way while modules are loaded. */
function cycles(sources: Sources): string[] {
  const found: string[] = []
  const done = new Set<string>()
  const visit = (file: string, path: readonly string[]): void => {
    if (path.includes(file)) found.push([...path.slice(path.indexOf(file)), file].join(' → '))
    if (done.has(file) || path.includes(file)) return
    for (const { specifier, kind } of importsOf(sources.get(file) ?? '')) {
      const target = targetOf(file, specifier)
      if (target !== undefined && kind === 'static') visit(target, [...path, file])
    }
    done.add(file)
  }
  for (const file of sources.keys()) visit(file, [])
  return found
}

/** Pure layers name no built-in module; those that load with the program fetch theirs when they need them. */
function builtInImports(sources: Sources): string[] {
  const found: string[] = []
  for (const [file, source] of sources) {
    const layer = layerOf(file)
    const isPure = PURE.includes(layer)
    if (isPure && codeOf(source).includes('getBuiltinModule')) found.push(`${file} fetches a built-in module`)
    if (!isPure && !LOADED_WITH_PROGRAM.includes(layer)) continue
    for (const { specifier, kind } of importsOf(source)) {
      if (specifier.startsWith('node:') && (isPure || kind !== 'type')) found.push(`${file} imports ${specifier}`)
    }
  }
  return found
}

/** What a program loads when it imports the package; the rest of what is imported statically is a part that is loaded when it records. */
function loadedWithProgram(sources: Sources): readonly string[] {
  const found = new Set(['index.ts'])
  for (const file of found) {
    if (file === 'load-recording.ts') continue
    for (const { specifier, kind } of importsOf(sources.get(file) ?? '')) {
      const target = targetOf(file, specifier)
      if (kind === 'static' && target !== undefined) found.add(target)
    }
  }
  return [...found]
}

function environmentReaders(sources: Sources): string[] {
  const reads = /\bprocess\s*\.\s*env\b|\{[^{}]*\benv\b[^{}]*\}\s*=\s*process\b/
  return [...sources]
    .filter(([file, source]) => layerOf(file) !== 'config' && reads.test(codeOf(source)))
    .map(([file]) => file)
}

const sources = readSources()

describe('layers of src', () => {
  test('no file imports a higher layer, and every folder has its place', () => {
    assert.deepEqual(forbiddenImports(sources), [])
  })

  test('every layer of the table is there, and every import leads to a file', () => {
    const layers = new Set([...sources.keys()].map(layerOf))
    assert.deepEqual(
      Object.keys(MAY_IMPORT).filter(layer => !layers.has(layer)),
      [],
    )
    assert.deepEqual(danglingImports(sources), [])
  })

  test('nothing that is loaded imports itself by a detour', () => {
    assert.deepEqual(cycles(sources), [])
  })

  test('wire, propagation, redaction and types are pure, and what loads with the program imports no built-in module', () => {
    assert.deepEqual(builtInImports(sources), [])
  })

  test('what loads with the program has no exporter in it, and no built-in module in its ESM form, of which node:fs takes 3 ms', () => {
    const loaded = loadedWithProgram(sources)
    assert.ok(loaded.length > 40 && loaded.includes('trace/tracer.ts') && !loaded.includes('trace/recorder.ts'))
    assert.deepEqual(
      loaded.filter(file => file.startsWith('exporters/')),
      ['exporters/stderr.ts', 'exporters/write-all.ts'],
    )
    const imports = loaded.flatMap(file => importsOf(sources.get(file)!))
    assert.deepEqual(
      imports.filter(({ specifier, kind }) => specifier.startsWith('node:') && kind === 'static'),
      [],
    )
  })

  test('what loads with the program has nothing of jobs and the command line in it', () => {
    const loaded = loadedWithProgram(sources)
    assert.ok(sources.has('jobs/run-job.ts') && sources.has('config/jobs.ts'))
    assert.deepEqual(
      loaded.filter(file => ['jobs', 'cli'].includes(layerOf(file)) || file.endsWith('/jobs.ts')),
      [],
    )
  })

  test('only config reads the environment', () => {
    assert.deepEqual(environmentReaders(sources), [])
  })
})

/** [what, check, files, what it finds] */
const violations: readonly [
  what: string,
  check: (sources: Sources) => string[],
  files: Readonly<Record<string, string>>,
  found: readonly string[],
][] = [
  [
    'trace imports an exporter',
    forbiddenImports,
    { 'trace/a.ts': "import {\n  b,\n} from '../exporters/b.ts'" },
    ['trace/a.ts imports exporters/b.ts'],
  ],
  [
    'an exporter imports a type of trace',
    forbiddenImports,
    { 'exporters/a.ts': "import type { B } from '../trace/b.ts'" },
    ['exporters/a.ts imports trace/b.ts'],
  ],
  [
    'wire imports a higher layer when called',
    forbiddenImports,
    { 'wire/a.ts': "const b = () => import('../otlp/b.ts')" },
    ['wire/a.ts imports otlp/b.ts'],
  ],
  [
    'propagation re-exports config',
    forbiddenImports,
    { 'propagation/a.ts': "export * from '../config.ts'" },
    ['propagation/a.ts imports config.ts'],
  ],
  ['a folder is not listed', forbiddenImports, { 'utils/a.ts': '' }, ['utils/a.ts is in no known layer']],
  [
    'a file beside the folders is not listed',
    forbiddenImports,
    { 'helpers.ts': '' },
    ['helpers.ts is in no known layer'],
  ],
  [
    'an import leads nowhere',
    danglingImports,
    { 'wire/a.ts': "import './gone.ts'" },
    ['wire/a.ts imports wire/gone.ts, which is not there'],
  ],
  [
    'three files import each other in a ring',
    cycles,
    {
      'wire/a.ts': "import { b } from './b.ts'",
      'wire/b.ts': "export { c } from './c.ts'",
      'wire/c.ts': "import './a.ts'",
    },
    ['wire/a.ts → wire/b.ts → wire/c.ts → wire/a.ts'],
  ],
  [
    'two files share types only',
    cycles,
    { 'types/a.ts': "import type { B } from './b.ts'", 'types/b.ts': "import type { A } from './a.ts'" },
    [],
  ],
  [
    'wire has a type of a built-in module',
    builtInImports,
    { 'wire/a.ts': "import type { Buffer } from 'node:buffer'" },
    ['wire/a.ts imports node:buffer'],
  ],
  [
    'propagation fetches a built-in module',
    builtInImports,
    { 'propagation/a.ts': "process.getBuiltinModule('node:os')" },
    ['propagation/a.ts fetches a built-in module'],
  ],
  [
    'trace imports a built-in module, and the type of another',
    builtInImports,
    { 'trace/a.ts': "import crypto from 'node:crypto'\nimport type { A } from 'node:async_hooks'" },
    ['trace/a.ts imports node:crypto'],
  ],
  [
    'the environment is read in three ways, and named in a comment',
    environmentReaders,
    {
      'trace/a.ts': 'const a = process.env.A',
      'pipeline/b.ts': 'const { env } = process',
      'exporters/c.ts': "const c = process . env['C']",
      'config/d.ts': 'const d = process.env.D',
      'log.ts': '/** As process.env has it. */ // process.env',
    },
    ['trace/a.ts', 'pipeline/b.ts', 'exporters/c.ts'],
  ],
]

describe('the checks find what they are for:', () => {
  for (const [what, check, files, found] of violations) {
    test(what, () => assert.deepEqual(check(new Map(Object.entries(files))), found))
  }
})
