// Builds dist/: one bundle per entry and the export thread, shared chunks so that there is one copy of the state, and types.
import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync, rmSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { build } from 'esbuild'

const root = resolve(import.meta.dirname, '..')
const types = join(root, 'dist/types')
const entries = ['index', 'testing', 'register']

rmSync(join(root, 'dist'), { recursive: true, force: true })
await build({
  absWorkingDir: root,
  entryPoints: [...entries, 'export-worker'].map(entry => `src/${entry}.ts`),
  outdir: 'dist',
  chunkNames: 'chunk-[hash]',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  external: ['undici', 'undici/*'],
  sourcemap: 'linked',
  logLevel: 'warning',
})
if (!process.argv.includes('--no-types')) buildTypes()

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
