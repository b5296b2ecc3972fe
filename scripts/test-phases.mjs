// Runs the tests in two phases. Promises about time are tested against twins, so that their files must not compete for the processor
// and run one after another. The others run before them, beside the one that mostly waits. What failed is said at the end.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'failures-'))
const WAITS = 'test/features/p6-bounded-memory.test.ts'

const named = process.argv.slice(2)
const files = named.length > 0 ? named : testFiles()
const isTimed = file => /^test\/features\/p[12357]-/.test(file)
const others = files.filter(file => file !== WAITS && !isTimed(file))
// A run by itself, since node:test begins with whatever comes first in the alphabet.
const beside = [
  run('waits', { files: files.filter(file => file === WAITS) }),
  run('others', { files: others, concurrency: 3 }),
]
const statuses = await Promise.all(beside)
statuses.push(await run('timed', { files: files.filter(isTimed) }))
for (const file of readdirSync(folder)) process.stdout.write(readFileSync(join(folder, file), 'utf8'))
rmSync(folder, { recursive: true })
process.exit(statuses.every(status => status === 0) ? 0 : 1)

async function run(name, { files, concurrency = 1 }) {
  if (files.length === 0) return 0
  const reporters = { spec: 'stdout', './scripts/failures-reporter.mjs': join(folder, `${name}.txt`) }
  const flags = Object.entries(reporters).flatMap(([reporter, destination]) => [
    `--test-reporter=${reporter}`,
    `--test-reporter-destination=${destination}`,
  ])
  const args = ['--import', 'tsx', '--test', `--test-concurrency=${concurrency}`, ...flags, ...files]
  const [status] = await once(spawn(process.execPath, args, { cwd: root, stdio: 'inherit' }), 'exit')
  return status
}

/** Interop tests need backends of their own and have a command of their own. */
function testFiles() {
  return readdirSync(join(root, 'test'), { recursive: true })
    .filter(name => name.endsWith('.test.ts') && !name.startsWith('interop'))
    .map(name => `test/${name.replaceAll('\\', '/')}`)
    .sort()
}
