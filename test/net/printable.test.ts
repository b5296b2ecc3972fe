import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { printableText, printableUrl } from '../../src/net/printable.ts'

const texts: [what: string, text: string, maxChars: number, expected: string][] = [
  ['plain text', 'plain', 10, 'plain'],
  ['white space', '  two\r\n lines\t', 20, 'two lines'],
  ['escape sequences', '\x1b[31mred\x1b[0m', 20, '[31mred [0m'],
  ['controls, line separators and marks', 'a\u0000b\u009bc\u2028d\u202ee', 20, 'a b c d e'],
  ['a lone surrogate', '\ud83d', 10, ''],
  ['other scripts', 'naïve 模型 🙂', 20, 'naïve 模型 🙂'],
  ['text that just fits', '0123456789', 10, '0123456789'],
  ['text that is too long', '0123456789a', 10, '012345678…'],
  ['a pair of surrogates at the limit', '01234567🙂🙂', 10, '01234567…'],
  ['nothing but blanks', ' '.repeat(1_000), 10, ''],
]

for (const [what, text, maxChars, expected] of texts) {
  test(`${what} in ${maxChars} characters is ${JSON.stringify(expected)}`, () => {
    assert.equal(printableText(text, maxChars), expected)
  })
}

test('any text becomes one well-formed line within the limit', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.integer({ min: 1, max: 50 }), (text, maxChars) => {
      const line = printableText(text, maxChars)
      assert.ok(line.length <= maxChars)
      assert.doesNotMatch(line, /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]/u)
    }),
  )
})

const urls: [url: string, expected: string][] = [
  ['http://localhost:4318/v1/traces', 'http://localhost:4318/v1/traces'],
  ['https://user:secret@host/path?key=secret#secret', 'https://host/path'],
  ['https://host', 'https://host/'],
  ['no url: secret', ''],
]

for (const [url, expected] of urls) {
  test(`${url} is shown as ${JSON.stringify(expected)}`, () => assert.equal(printableUrl(url), expected))
}
