import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { parseRequestId } from '../../src/propagation/request-id.ts'
import { anyText } from '../support/arbitraries-propagation.ts'

const ACCEPTED = [
  'a',
  '0b1f7a52-7c4e-4d0e-9f7e-0f3f0b7c9a11',
  'run 7, retry 2',
  '~!@#$%^&*()_+"\\\',;:=?<>[]{}|`',
  'x'.repeat(256),
]

const REFUSED = [
  '',
  ' ',
  ' a',
  'a ',
  'x'.repeat(257),
  'a\r\nb',
  'a\n',
  '\ta',
  'a\0',
  'a\x7f',
  'é',
  '１',
  'x'.repeat(1e7),
]

for (const text of ACCEPTED) {
  test(`accepts ${shown(text)}`, () => assert.equal(parseRequestId(text), text))
}

for (const text of REFUSED) {
  test(`ignores ${shown(text)}`, () => assert.equal(parseRequestId(text), undefined))
}

test('any text is ignored or can stand in a header as it is', () => {
  fc.assert(
    fc.property(anyText, text => {
      if (parseRequestId(text) !== undefined)
        assert.equal(new Headers({ 'x-request-id': text }).get('x-request-id'), text)
    }),
  )
})

function shown(text: string): string {
  return text.length > 40 ? `${text.length} characters` : JSON.stringify(text)
}
