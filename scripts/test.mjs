// Runs the tests of what src/ does (or the files named on the command line), with coverage of src/ in every process and thread they
// start; `npx c8 report --reporter text` then lists what is not covered.
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const named = process.argv.slice(2)
const threshold = named.length > 0 ? [] : ['--check-coverage', '--lines', '94']

const { status } = spawnSync(
  process.execPath,
  ['node_modules/c8/bin/c8.js', ...threshold, process.execPath, 'scripts/test-phases.mjs', ...named],
  { cwd: root, stdio: 'inherit' },
)
process.exit(status ?? 1)
