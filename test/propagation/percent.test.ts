import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { charTable } from '../../src/propagation/characters.ts'
import { percentDecode, percentEncode } from '../../src/propagation/percent.ts'
import { anyText } from '../support/arbitraries-propagation.ts'

const PLAIN = charTable('azAZ09')

const ENCODED: [text: string, encoded: string][] = [
  ['plain', 'plain'],
  ['', ''],
  ['a b', 'a%20b'],
  ['100%', '100%25'],
  ['\r\n\0', '%0D%0A%00'],
  ['é', '%C3%A9'],
  ['😀', '%F0%9F%98%80'],
  ['\ufeff', '%EF%BB%BF'],
  ['\ud800', '%EF%BF%BD'],
]

for (const [text, encoded] of ENCODED) {
  test(`${JSON.stringify(text)} is encoded as '${encoded}'`, () => assert.equal(percentEncode(text, PLAIN), encoded))
}

const DECODED: [encoded: string, text: string][] = [
  ['plain', 'plain'],
  ['%09%20%22%27%3B%3Dasdf%21', '\t "\';=asdf!'],
  ['%c3%a9%C3%A9', 'éé'],
  ['%EF%BB%BFa', '\ufeffa'],
  ['%', '%'],
  ['%4', '%4'],
  ['%4g%g4', '%4g%g4'],
  ['%%41', '%A'],
  ['a+b', 'a+b'],
  ['%FF', '\ufffd'],
  ['%C3', '\ufffd'],
  ['%ED%A0%80', '\ufffd\ufffd\ufffd'],
]

for (const [encoded, text] of DECODED) {
  test(`'${encoded}' is decoded as ${JSON.stringify(text)}`, () => assert.equal(percentDecode(encoded), text))
}

test('any text round-trips, lone surrogates replaced', () => {
  fc.assert(
    fc.property(anyText, text => {
      const wellFormed = Buffer.from(text).toString()
      assert.equal(percentDecode(percentEncode(text, PLAIN)), wellFormed)
      assert.equal(decodeURIComponent(percentEncode(text, PLAIN)), wellFormed)
    }),
  )
})
