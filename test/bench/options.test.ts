import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { test } from 'node:test'
import { parseOptions, USAGE } from '../../bench/options.ts'
import { QUESTIONS, QUICK_QUESTIONS } from '../../bench/questions.ts'

const root = resolve(import.meta.dirname, '../..')
const read = (file: string): string => readFileSync(join(root, file), 'utf8')
const parse = (line: string): ReturnType<typeof parseOptions> =>
  parseOptions(line.split(' ').filter(Boolean), QUESTIONS)

const wrong: readonly [line: string, said: RegExp][] = [
  ['spam', /^no question spam; there are span, /],
  ['--rounds 0', /^--rounds must be a whole number from 1 on, got 0$/],
  ['--rounds many', /^--rounds must be a whole number from 1 on, got many$/],
  ['--compare a.json', /^--compare takes two result files, got 1$/],
  ['--fast', /--fast/],
  ['memory --publish', /^--publish takes the place of all that is published/],
  ['--quick --publish', /^--publish takes the place of all that is published/],
]
for (const [line, said] of wrong) {
  test(`${line} is refused with ${said.source}`, () => {
    assert.throws(() => parse(line), { message: said })
  })
}

test('the quick questions take fewer rounds', () => {
  assert.deepEqual([parse('--quick').rounds, parse('').rounds, parse('--quick --rounds 3').rounds], [15, 25, 3])
  for (const question of ['span', 'total', 'start']) assert.ok(QUICK_QUESTIONS.includes(question))
})

test('the usage has every option', () => {
  const options = ['quick', 'gate', 'languages', 'rounds', 'publish', 'compare', 'help']
  for (const option of options) assert.ok(USAGE.includes(`  --${option} `), option)
})

for (const file of ['README.md', 'bench/README.md', '.github/workflows/bench.yml', '.ci/run']) {
  test(`the commands in ${file} are understood`, () => {
    const commands = [...read(file).matchAll(/npm run bench -- ([^#`|\n&]+)/g)].map(([, args]) => args!.trim())
    assert.ok(commands.length > 0)
    for (const command of commands) assert.doesNotThrow(() => parse(command), command)
  })
}

test('the README of the bench has one row for each question', () => {
  const rows = [...read('bench/README.md').matchAll(/^\| `([\w-]+)`/gm)].map(([, question]) => question!)
  assert.equal(new Set(rows).size, rows.length)
  const missing = QUESTIONS.filter(question => !rows.includes(question))
  assert.deepEqual(missing, [])
})
