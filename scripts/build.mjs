// Builds dist/: one bundle per entry and the export thread, shared chunks so that there is one copy of the state, and types.
import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { build } from 'esbuild'
import { toCommonJs } from './common-js.mjs'
import { compileEarly } from './compile-early.mjs'
import { foldIntoIndex, linkParts } from './link.mjs'
import { OUTPUT } from './output.mjs'
import { shrinkAll } from './shrink.mjs'

const root = resolve(import.meta.dirname, '..')
const dist = join(root, 'dist')
const types = join(dist, 'types')
const entries = ['index', 'testing', 'register', 'jobs', 'metrics']
/** The first of a group is loaded before the others of it. */
const partGroups = [
  ['propagation/other-headers'],
  ['trace/traced-functions'],
  ['recording', 'config/other-options', 'trace/redaction'],
]
const parts = partGroups.flat()

/** Of the thread's build, with what an entry of the other one imports of it. */
const threadEntries = [
  'export-worker',
  'metrics-worker',
  'pipeline/local-export',
  'exporters/create',
  'jobs/remote-queues',
]
const importable = { 'exporters-create': 'createExporter', 'jobs-remote-queues': 'openRemoteQueue' }
const localExport = 'pipeline-local-export.cjs'
/** What the export thread always loads, and what most of its exporters do. */
const groups = {
  'export-common.cjs': [
    'src/export-worker.ts',
    'src/pipeline/local-export.ts',
    'src/exporters/console.ts',
    'src/exporters/file.ts',
  ],
  'http-common.cjs': ['src/exporters/otlp.ts', 'src/exporters/zipkin.ts'],
}

rmSync(dist, { recursive: true, force: true })
await bundle([...entries, 'cli', 'load-part', ...parts], { plugins: [oneFile(), partsApart(), networkApart()] })
const index = foldIntoIndex(dist)
for (const group of partGroups) await linkParts(dist, group.map(fileNameOf), index)
writeWholeEntries()
chmodSync(join(dist, 'cli.js'), 0o755)
await bundleThread()
await shrinkAll(dist)
compileEarly(dist)
if (!process.argv.includes('--no-types')) buildTypes()

/**
 * The export thread shares nothing with its program but memory, so the two are built apart and neither loads the other's parts. What
 * else speaks to the network is built with the thread's part, which holds the clients, and so is what exports from the program's thread.
 */
function bundle(names, options = {}) {
  return build({
    ...OUTPUT,
    absWorkingDir: root,
    entryPoints: Object.fromEntries(names.map(name => [fileNameOf(name), `src/${name}.ts`])),
    outdir: 'dist',
    chunkNames: 'chunk-[hash]',
    splitting: true,
    platform: 'node',
    external: ['undici', 'undici/*'],
    ...options,
  })
}

/** As ES modules first, since esbuild splits nothing else. */
async function bundleThread() {
  const split = join(dist, 'split')
  const { metafile } = await bundle(threadEntries, { outdir: split, metafile: true })
  await toCommonJs(split, dist, metafile.outputs, { groups, parts: [localExport] })
  rmSync(split, { recursive: true })
  for (const [name, exported] of Object.entries(importable)) {
    writeFileSync(join(dist, `${name}.js`), `import part from"./${name}.cjs";export const{${exported}}=part\n`)
  }
}

function fileNameOf(entry) {
  return entry.replace('/', '-')
}

/** All that the index loads is loaded with every other entry, so that it lies in one file: each further one takes a millisecond. */
function oneFile() {
  return {
    name: 'one-file',
    setup(build) {
      // The checks of options are in most parts, and copies of them would be more than they are in what every import reads.
      build.onLoad({ filter: /[\\/]src[\\/]index\.ts$/ }, ({ path }) => withImport(path, './validate.ts'))
      build.onLoad(
        { filter: /[\\/]src[\\/](?:testing|register|jobs|metrics|cli|load-part|recording)\.ts$/ },
        ({ path }) => withImport(path, './index.ts'),
      )
      build.onLoad(
        {
          filter:
            /[\\/]src[\\/](?:propagation[\\/]other-headers|trace[\\/](?:traced-functions|redaction)|config[\\/]other-options)\.ts$/,
        },
        ({ path }) => withImport(path, '../index.ts'),
      )
    },
  }
}

function withImport(path, imported) {
  return { contents: `${readFileSync(path, 'utf8')}\nimport '${imported}'\n`, loader: 'ts' }
}

/** Parts are files that are loaded when they are needed. */
function partsApart() {
  return {
    name: 'parts-apart',
    setup(build) {
      build.onResolve(
        { filter: /\/load-(?:recording|other-headers|traced-functions|other-options|redaction|local-export)\.ts$/ },
        ({ path, resolveDir }) => ({
          path: join(resolveDir, path.replace('.ts', '-file.ts')),
        }),
      )
    },
  }
}

/** For what cannot load a part on demand: bundlers, and the versions of Node.js without the condition module-sync. */
function writeWholeEntries() {
  mkdirSync(join(dist, 'whole'))
  const files = [...parts.map(part => `${fileNameOf(part)}.cjs`), localExport]
  const lines = files.map((file, i) => `import part${i} from '../${file}'`)
  const provided = files.map((file, i) => `'${file}': part${i}`)
  lines.push("import { provideParts } from '../load-part.js'", `provideParts({ ${provided.join(', ')} })`)
  writeFileSync(join(dist, 'whole/parts.js'), `${lines.join('\n')}\n`)
  for (const entry of entries) {
    writeFileSync(join(dist, `whole/${entry}.js`), `import './parts.js'\nexport * from '../${entry}.js'\n`)
  }
}

/** The exporters are the export thread's; where there is no such thread its file is loaded. Remote queues are loaded when chosen. */
function networkApart() {
  return {
    name: 'network-apart',
    setup(build) {
      build.onResolve({ filter: /\/exporters\/create\.ts$/ }, () => ({ path: './exporters-create.js', external: true }))
      build.onResolve({ filter: /\/remote-queues\.ts$/ }, ({ kind }) =>
        kind === 'dynamic-import' ? { path: './jobs-remote-queues.js', external: true } : undefined,
      )
    },
  }
}

function buildTypes() {
  const compiler = join(root, 'node_modules/typescript/bin/tsc')
  execFileSync(process.execPath, [compiler, '-p', 'tsconfig.types.json'], { cwd: root, stdio: 'inherit' })
  const needed = reachable(entries.map(entry => join(types, `${entry}.d.ts`)))
  for (const name of readdirSync(types, { recursive: true })) {
    const file = join(types, name)
    if (needed.has(file)) indentByTabs(file)
    else if (file.endsWith('.d.ts')) rmSync(file)
  }
}

/** The compiler writes four spaces. */
function indentByTabs(file) {
  const text = readFileSync(file, 'utf8')
  writeFileSync(
    file,
    text.replace(/^(?: {4})+/gm, spaces => '\t'.repeat(spaces.length / 4)),
  )
}

/** The declarations that the entries refer to; those of the inside are of no use to anybody. */
function reachable(files) {
  const found = new Set(files)
  for (const file of found) {
    for (const [, path] of readFileSync(file, 'utf8').matchAll(/(?:from|import\()\s*'(\.[^']+)'/g)) {
      found.add(join(dirname(file), path.replace(/\.(?:js|ts)$/, '.d.ts')))
    }
  }
  return found
}
