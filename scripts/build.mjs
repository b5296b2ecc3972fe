// Builds dist/: one bundle per entry and the export thread, shared chunks so that there is one copy of the state, and types.
import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { build } from 'esbuild'

const root = resolve(import.meta.dirname, '..')
const types = join(root, 'dist/types')
const entries = ['index', 'testing', 'register', 'jobs', 'metrics']

rmSync(join(root, 'dist'), { recursive: true, force: true })
await bundle([...entries, 'cli', 'load-recording-file'], { plugins: [oneFile(), recordingApart(), networkApart()] })
await bundle(['recording'], recordingPart())
writeWholeEntries()
chmodSync(join(root, 'dist/cli.js'), 0o755)
await bundle(['export-worker', 'exporters/create', 'metrics-worker', 'jobs/remote-queues'])
if (!process.argv.includes('--no-types')) buildTypes()

/**
 * The export thread shares nothing with its program but memory, so the two are built apart and neither loads the other's parts. What
 * else speaks to the network is built with the thread's part, which holds the clients.
 */
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
    // Every program that is traced reads these bytes at its start, and they are half of the package.
    minify: true,
    sourcemap: 'linked',
    logLevel: 'warning',
    ...options,
  })
}

/** All that the index loads is loaded with every other entry, so that it lies in one file: each further one takes a millisecond. */
function oneFile() {
  return {
    name: 'one-file',
    setup(build) {
      build.onLoad(
        { filter: /[\\/]src[\\/](?:testing|register|jobs|metrics|cli|load-recording-file)\.ts$/ },
        ({ path }) => ({
          contents: `${readFileSync(path, 'utf8')}\nimport './index.ts'\n`,
          loader: 'ts',
        }),
      )
    },
  }
}

/** What records is a file that is loaded when it is needed. */
function recordingApart() {
  return {
    name: 'recording-apart',
    setup(build) {
      build.onResolve({ filter: /\/load-recording\.ts$/ }, () => ({ path: join(root, 'src/load-recording-file.ts') }))
    },
  }
}

/** A function of the state that the rest of the package has made; see src/load-recording-file.ts. */
function recordingPart() {
  const url =
    "typeof __filename==='string'?process.getBuiltinModule('node:url').pathToFileURL(__filename).href:undefined"
  return {
    format: 'cjs',
    splitting: false,
    outExtension: { '.js': '.cjs' },
    define: { 'import.meta.url': 'fileUrl' },
    banner: { js: `module.exports=(function(sharedState){const fileUrl=${url},module={exports:{}};` },
    footer: { js: 'return module.exports})' },
    plugins: [networkApart(), givenState()],
  }
}

function givenState() {
  return {
    name: 'given-state',
    setup(build) {
      build.onResolve({ filter: /\/shared-state\.ts$/ }, () => ({ path: 'sharedState', namespace: 'given' }))
      build.onLoad({ filter: /./, namespace: 'given' }, () => ({
        contents: 'export const { sharedPart } = sharedState',
      }))
    },
  }
}

/** For what cannot load a part on demand: bundlers, and the versions of Node.js without the condition module-sync. */
function writeWholeEntries() {
  mkdirSync(join(root, 'dist/whole'))
  const provide =
    "import recording from '../recording.cjs'\nimport { provideRecording } from '../load-recording-file.js'\nprovideRecording(recording)\n"
  writeFileSync(join(root, 'dist/whole/recording.js'), provide)
  for (const entry of entries) {
    writeFileSync(join(root, `dist/whole/${entry}.js`), `import './recording.js'\nexport * from '../${entry}.js'\n`)
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
