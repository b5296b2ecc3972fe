// Runs the demo pipeline, on a fresh clone as well: installs what is missing, builds, runs.
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'

process.chdir(new URL('..', import.meta.url).pathname)
const { dependencies, devDependencies } = JSON.parse(readFileSync('package.json', 'utf8'))
const needed = Object.keys({ ...dependencies, ...devDependencies })
if (!needed.every(name => existsSync(`node_modules/${name}/package.json`))) runNpm('ci', '--no-audit', '--no-fund')
runNode('scripts/build.mjs')
runNode('--import', 'tsx', 'examples/pipeline/run.ts')

function runNode(...args) {
  exitUnlessGood(spawnSync(process.execPath, args, { stdio: 'inherit' }))
}

/** npm is a script to be run by Node where npm started us, else a command of the shell. */
function runNpm(...args) {
  const npm = process.env.npm_execpath
  if (npm) runNode(npm, ...args)
  else exitUnlessGood(spawnSync('npm', args, { stdio: 'inherit', shell: process.platform === 'win32' }))
}

function exitUnlessGood({ status, signal, error }) {
  if (error) throw error
  if (signal) process.kill(process.pid, signal)
  if (status !== 0) process.exit(status ?? 1)
}
