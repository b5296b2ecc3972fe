// Runs the tests of test/ (or the files named on the command line) one file after another, with coverage of src/ in every process
// and thread they start. Timing promises are tested against twins, so files must not compete for the processor. What failed stands
// at the end, where a log that is cut still shows it; `npx c8 report --reporter text` then lists what is not covered.
import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const named = process.argv.slice(2)
const files = named.length > 0 ? named : testFiles()

const { status } = spawnSync(
  process.execPath,
  [
    'node_modules/c8/bin/c8.js',
    ...(named.length > 0 ? [] : ['--check-coverage', '--lines', '92']),
    ...[process.execPath, '--import', 'tsx', '--test', '--test-reporter=spec', '--test-concurrency=1', ...files],
  ],
  { cwd: root, stdio: 'inherit' },
)
process.exit(status ?? 1)

/** Interop tests need backends of their own and have a command of their own. */
function testFiles() {
  return readdirSync(`${root}/test`, { recursive: true })
    .filter(name => name.endsWith('.test.ts') && !name.startsWith('interop'))
    .map(name => `test/${name}`)
    .sort()
}
