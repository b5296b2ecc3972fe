import assert from 'node:assert/strict'
import { test } from 'node:test'
import { charTable, indexOrEnd, isAll, trimBlanks } from '../../src/propagation/characters.ts'

test('a table holds the characters of its ranges and no others', () => {
  const table = charTable('az09__')
  const held = Array.from({ length: 256 }, (_, code) => String.fromCharCode(code)).filter(char => isAll(table, char))
  assert.equal(held.join(''), '0123456789_abcdefghijklmnopqrstuvwxyz')
})

const DIGITS: [text: string, start: number, end: number, expected: boolean][] = [
  ['123', 0, 3, true],
  ['a12b', 1, 3, true],
  ['a12b', 0, 3, false],
  ['a12b', 1, 4, false],
  ['123', 0, 4, false],
  ['12é', 0, 3, false],
  ['', 0, 0, true],
]

for (const [text, start, end, expected] of DIGITS) {
  test(`'${text}' from ${start} to ${end} is ${expected ? '' : 'not '}all digits`, () => {
    assert.equal(isAll(charTable('09'), text, start, end), expected)
  })
}

const TRIMMED: [text: string, trimmed: string][] = [
  ['a b', 'a b'],
  [' \t a\tb \t', 'a\tb'],
  [' \t ', ''],
  ['', ''],
  ['\na\r', '\na\r'],
  ['\u00a0a', '\u00a0a'],
]

for (const [text, trimmed] of TRIMMED) {
  test(`${JSON.stringify(text)} without blanks is ${JSON.stringify(trimmed)}`, () => {
    assert.equal(trimBlanks(text), trimmed)
  })
}

test('a part of a text is trimmed by its own ends', () => assert.equal(trimBlanks('a , b , c', 3, 6), 'b'))

test('a separator that is absent stands at the end', () => {
  assert.equal(indexOrEnd('a,b,c', ',', 2), 3)
  assert.equal(indexOrEnd('a,b,c', ',', 4), 5)
})
