import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const DIST = join(ROOT, 'dist')
const AT_DECLARATION = /^(?:async )?function\*? ?[\w$]/
/** As scripts/compile-early.mjs puts them, each on a line of its own. */
const IN_PARENTHESES = /^(?:var )?[\w$]+=\((?=(?:async )?function)/gm

test('the functions in parentheses are those, of all that are declared outside of others, that run before a first span is over', () => {
  const program = join(ROOT, 'scripts/early-functions.mjs')
  const early: Record<string, number[]> = JSON.parse(
    execFileSync(process.execPath, [program, DIST], { encoding: 'utf8', env: {} }),
  )
  for (const [file, starts] of Object.entries(early)) {
    const code = readFileSync(join(DIST, file), 'utf8')
    const late = starts.filter(start => AT_DECLARATION.test(code.slice(start, start + 100)))
    const inParentheses = Array.from(code.matchAll(IN_PARENTHESES), ({ index, 0: head }) => index + head.length)
    const needless = inParentheses.filter(start => !starts.includes(start))
    const shown = [late, needless].map(list => list.map(start => code.slice(start, start + 40)))
    assert.deepEqual(shown, [[], []], file)
    assert.ok(inParentheses.length >= (file === 'index.js' ? 8 : 80), `${file}: ${inParentheses.length}`)
  }
})
