// Builds dist/: one bundle per entry and the export thread, shared chunks so that there is one copy of the state, and types.
import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { build } from 'esbuild'

const root = resolve(import.meta.dirname, '..')
const types = join(root, 'dist/types')
const entries = ['index', 'testing', 'register']

rmSync(join(root, 'dist'), { recursive: true, force: true })
await bundle([...entries, 'live-tracing'], { plugins: [onDemand()] })
await bundle(['export-worker', 'exporters/create'])
writeFileSync(join(root, 'dist/whole.js'), "import './live-tracing.js'\nexport * from './index.js'\n")
if (!process.argv.includes('--no-types')) buildTypes()

/** The export thread shares nothing with its program but memory, so the two are built apart and neither loads the other's parts. */
function bundle(names, options = {}) {
  return build({
    absWorkingDir: root,
    entryPoints: Object.fromEntries(names.map(name => [name.replace('/', '-'), `src/${name}.ts`])),
    outdir: 'dist',
    chunkNames: 'chunk-[hash]',
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
    external: ['undici', 'undici/*'],
    // Comments and indentation are a third of the bytes that every program reads; names stay, for those who debug.
    minifyWhitespace: true,
    sourcemap: 'linked',
    logLevel: 'warning',
    ...options,
  })
}

/** What is loaded by need: what records and exports when tracing is turned on, exporters where there is no other thread. */
function onDemand() {
  return {
    name: 'on-demand',
    setup(build) {
      const isIndex = importer => importer === join(root, 'src/index.ts')
      build.onResolve({ filter: /^\.\/live-tracing\.ts$/ }, ({ importer, path }) =>
        isIndex(importer) ? { path, namespace: 'left-out' } : undefined,
      )
      build.onLoad({ filter: /.*/, namespace: 'left-out' }, () => ({ contents: '' }))
      // All that the index loads is loaded with every other entry, so that it lies in one file: each further one takes a millisecond.
      build.onLoad({ filter: /[\\/]src[\\/](?:live-tracing|testing|register)\.ts$/ }, ({ path }) => ({
        contents: `${readFileSync(path, 'utf8')}\nimport './index.ts'\n`,
        loader: 'ts',
      }))
      build.onResolve({ filter: /\/exporters\/create\.ts$/ }, () => ({ path: './exporters-create.js', external: true }))
    },
  }
}

function buildTypes() {
  const compiler = join(root, 'node_modules/typescript/bin/tsc')
  execFileSync(process.execPath, [compiler, '-p', 'tsconfig.types.json'], { cwd: root, stdio: 'inherit' })
  const index = join(types, 'index.d.ts')
  // What is loaded for its effect has no types.
  writeFileSync(index, readFileSync(index, 'utf8').replace(/^import '.*';\n/m, ''))
  const needed = reachable(entries.map(entry => join(types, `${entry}.d.ts`)))
  for (const name of readdirSync(types, { recursive: true })) {
    const file = join(types, name)
    if (file.endsWith('.d.ts') && !needed.has(file)) rmSync(file)
  }
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
