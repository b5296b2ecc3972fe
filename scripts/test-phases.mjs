// Runs the tests in phases, since many are about time: those that compare the times of two programs have the processor for themselves,
// those of ways out share it with one another only. What failed is said at the end.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'tests-'))
const failures = join(folder, 'failures')
const WAITS = 'test/features/p6-bounded-memory.test.ts'
/** Folders whose files do not notice each other: starting a process for each takes longer than its tests do. */
const ONE_PROCESS = ['bench', 'config', 'exporters', 'net', 'pipeline', 'propagation', 'wire'].map(
  name => `test/${name}`,
)
/** What it asks is whether a process without a proxy has loaded any. */
const ALONE = ['test/net/http-client.test.ts']

mkdirSync(failures)
const named = process.argv.slice(2)
const files = named.length > 0 ? named : testFiles()
const waits = files.filter(file => file === WAITS)
const exits = files.filter(file => /^test\/features\/p1-/.test(file))
const timed = files.filter(file => /^test\/features\/p[2357]-/.test(file))
const others = files.filter(file => ![...waits, ...exits, ...timed].includes(file))
const statuses = [
  // Two runs, since node:test would begin with whatever comes first in the alphabet, and the one that waits takes long.
  ...(await Promise.all([run('waits', waits, 1), run('others', inFewProcesses(others), 3)])),
  await run('exits', exits, 2),
  await run('timed', timed, 1),
]
for (const file of readdirSync(failures)) process.stdout.write(readFileSync(join(failures, file), 'utf8'))
rmSync(folder, { recursive: true })
process.exit(statuses.every(status => status === 0) ? 0 : 1)

async function run(name, files, concurrency) {
  if (files.length === 0) return 0
  const reporters = { spec: 'stdout', './scripts/failures-reporter.mjs': join(failures, name) }
  const flags = Object.entries(reporters).flatMap(([reporter, destination]) => [
    `--test-reporter=${reporter}`,
    `--test-reporter-destination=${destination}`,
  ])
  const args = ['--import', 'tsx', '--test', `--test-concurrency=${concurrency}`, ...flags, ...files]
  const [status] = await once(spawn(process.execPath, args, { cwd: root, stdio: 'inherit' }), 'exit')
  return status
}

/** Files of a folder become one that imports them. */
function inFewProcesses(wanted) {
  const folderOf = file => (ALONE.includes(file) ? undefined : ONE_PROCESS.find(name => name === dirname(file)))
  const alone = wanted.filter(file => folderOf(file) === undefined)
  const together = ONE_PROCESS.map(name => ({ name, files: wanted.filter(file => folderOf(file) === name) }))
  return [...alone, ...together.filter(({ files }) => files.length > 0).map(importAll)]
}

/** A test that ended the process would have the others pass. A file that cannot be imported fails by its own name. */
function importAll({ name, files }) {
  const urls = files.map(file => pathToFileURL(join(root, file)).href)
  const group = join(folder, `${name}.test.mjs`)
  mkdirSync(dirname(group), { recursive: true })
  writeFileSync(
    group,
    `import { test } from 'node:test'
process.exit = code => { throw new Error(\`process.exit(\${code}) in a process of several test files\`) }
for (const url of ${JSON.stringify(urls)}) await import(url).catch(error => test(url, () => { throw error }))
`,
  )
  return group
}

/** Interop tests need backends, and policies are about the package and its sources: each of the two has a command of its own. */
function testFiles() {
  return readdirSync(join(root, 'test'), { recursive: true })
    .map(name => `test/${name.replaceAll('\\', '/')}`)
    .filter(name => name.endsWith('.test.ts') && !/^test\/(?:interop|policy)\//.test(name))
    .sort()
}
