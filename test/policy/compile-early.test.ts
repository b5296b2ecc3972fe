import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const DIST = join(ROOT, 'dist')
const AT_DECLARATION = /^(?:async )?function\*? ?\w/

test('what runs before the first span is over was in parentheses when it was compiled', () => {
  const program = join(ROOT, 'scripts/early-functions.mjs')
  const early: Record<string, number[]> = JSON.parse(
    execFileSync(process.execPath, [program, DIST], { encoding: 'utf8', env: {} }),
  )
  for (const [file, starts] of Object.entries(early)) {
    const code = readFileSync(join(DIST, file), 'utf8')
    const inParentheses = starts.filter(start => code.slice(start - 2, start) === '=(')
    assert.ok(inParentheses.length >= (file === 'index.js' ? 5 : 50), `${file}: ${inParentheses.length}`)
    const late = starts.filter(start => AT_DECLARATION.test(code.slice(start, start + 100)))
    assert.deepEqual(
      late.map(start => code.slice(start, start + 40)),
      [],
      file,
    )
  }
})
