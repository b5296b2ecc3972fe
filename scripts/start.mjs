// Runs the demo pipeline, on a fresh clone as well: installs what is missing, builds, runs.
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

process.chdir(fileURLToPath(new URL('..', import.meta.url)))
const { dependencies, devDependencies } = JSON.parse(readFileSync('package.json', 'utf8'))
const needed = Object.keys({ ...dependencies, ...devDependencies })
const installed = needed.every(name => existsSync(`node_modules/${name}/package.json`))
if (!installed) run('npm', ['ci', '--no-audit', '--no-fund'], { shell: process.platform === 'win32' })
run(process.execPath, ['scripts/build.mjs'])
run(process.execPath, ['--import', 'tsx', 'examples/pipeline/run.ts'])

function run(command, args, options) {
  const { status, signal, error } = spawnSync(command, args, { stdio: 'inherit', ...options })
  if (error) throw error
  if (signal) process.kill(process.pid, signal)
  if (status !== 0) process.exit(status ?? 1)
}
