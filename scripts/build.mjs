// Builds dist/: one bundle per entry and the export thread, shared chunks so that there is one copy of the state, and types.
import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { build } from 'esbuild'

const root = resolve(import.meta.dirname, '..')
const types = join(root, 'dist/types')
const entries = ['index', 'testing', 'register', 'jobs', 'metrics']

rmSync(join(root, 'dist'), { recursive: true, force: true })
await bundle([...entries, 'cli', 'load-recording-file'], { plugins: [oneFile(), recordingApart(), networkApart()] })
foldIntoIndex()
await bundle(['recording'], recordingPart())
await bundle(['pipeline/local-export'], commonJs())
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
    ...commonJs(),
    external: ['./pipeline-local-export.cjs'],
    define: { 'import.meta.url': 'fileUrl' },
    // In parentheses, since V8 otherwise reads all that is in the function a second time when it is called.
    banner: { js: `module.exports=(function(sharedState){const fileUrl=${url},module={exports:{}};` },
    footer: { js: 'return module.exports})' },
    plugins: [localExportApart(), networkApart(), givenState()],
  }
}

function commonJs() {
  return { format: 'cjs', splitting: false, outExtension: { '.js': '.cjs' } }
}

/** What exports on the caller's thread is loaded where there is no other, or for exporters that are objects of the program's. */
function localExportApart() {
  return {
    name: 'local-export-apart',
    setup(build) {
      build.onResolve({ filter: /\/load-local-export\.ts$/ }, () => ({
        path: join(root, 'src/pipeline/load-local-export-file.ts'),
      }))
    },
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

/**
 * Puts what the entries share into index.js, from where the others take it as one object: a file more takes a millisecond of the
 * import that every traced program pays.
 */
function foldIntoIndex() {
  const index = readFileSync(join(root, 'dist/index.js'), 'utf8')
  const [, imported, chunk, exported] = /^import\{([^}]+)\}from"\.\/(chunk-\w+)\.js";export\{([^}]+)\};/.exec(index)
  const code = readFileSync(join(root, `dist/${chunk}.js`), 'utf8')
  const [shareList, shared] = /export\{([^}]+)\};\s*\/\/# sourceMappingURL=.*\s*$/.exec(code)
  const insides = new Map(aliases(shared).map(([local, name]) => [name, local]))
  const locals = new Map(aliases(imported).map(([name, local]) => [local, insides.get(name)]))
  const publics = aliases(exported).map(([local, name]) => `${locals.get(local)} as ${name}`)
  const inside = Array.from(insides, ([name, local]) => `${name}:${local}`)
  const exports = `export{${publics}};export const inside={${inside}};\n//# sourceMappingURL=index.js.map\n`
  writeFileSync(
    join(root, 'dist/index.js'),
    code.replace(shareList, () => exports),
  )
  renameSync(join(root, `dist/${chunk}.js.map`), join(root, 'dist/index.js.map'))
  rmSync(join(root, `dist/${chunk}.js`))
  for (const file of readdirSync(join(root, 'dist')).filter(name => name.endsWith('.js') && name !== 'index.js')) {
    takeFromIndex(join(root, 'dist', file), chunk)
  }
}

/** [before, after] of a list such as `a as b,c`. */
function aliases(list) {
  return list.split(',').map(item => {
    const [before, after = before] = item.split(' as ')
    return [before, after]
  })
}

function takeFromIndex(file, chunk) {
  const code = readFileSync(file, 'utf8')
    .replace(new RegExp(`import\\{([^}]+)\\}from"\\./${chunk}\\.js";`), (_, list) => {
      const taken = aliases(list).map(([name, local]) => `${name}:${local}`)
      return `import{inside}from"./index.js";const{${taken}}=inside;`
    })
    .replaceAll(`"./${chunk}.js"`, '"./index.js"')
  writeFileSync(file, code)
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
