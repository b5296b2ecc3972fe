import assert from 'node:assert/strict'
import test from 'node:test'
import { escapeControls } from '../../src/exporters/escape.ts'

const cases: readonly [text: string, escaped: string][] = [
  ['plain é 😀 \\', 'plain é 😀 \\'],
  ['\x1b[2J', '\\u001b[2J'],
  ['a\nb\r\tc', 'a\\u000ab\\u000d\\u0009c'],
  ['\x7f\x9b31m', '\\u007f\\u009b31m'],
  ['\u202egnp.exe\u2066', '\\u202egnp.exe\\u2066'],
  ['\u2028\u2029', '\\u2028\\u2029'],
]
for (const [text, escaped] of cases) {
  test(`${escaped} is what the terminal gets`, () => assert.equal(escapeControls(text), escaped))
}
