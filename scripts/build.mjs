// Builds dist/: one bundle per entry and the export thread, shared chunks so that there is one copy of the state, and types.
import { execFileSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const root = fileURLToPath(new URL('..', import.meta.url))
const shared = {
  absWorkingDir: root,
  outdir: 'dist',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  external: ['undici', 'undici/*'],
  sourcemap: 'linked',
  logLevel: 'warning',
}

rmSync(`${root}/dist`, { recursive: true, force: true })
await build({
  ...shared,
  entryPoints: ['src/index.ts', 'src/testing.ts', 'src/export-worker.ts'],
  chunkNames: 'chunk-[hash]',
})
if (!process.argv.includes('--no-types')) {
  execFileSync(process.execPath, [`${root}/node_modules/typescript/bin/tsc`, '-p', `${root}/tsconfig.types.json`], {
    stdio: 'inherit',
  })
}
