import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import { encodeKeyField } from '../../src/otlp/attributes.ts'
import { takeValue } from '../../src/otlp/take-value.ts'
import { isInt64, textBound, textSize, VALUE_OVERHEAD, writeKeyValue } from '../../src/otlp/values.ts'
import { byteTarget, ProtobufWriter } from '../../src/wire/protobuf-writer.ts'
import { text, value } from '../support/arbitraries-span.ts'
import { officialDecode, officialEncode, officialType } from '../support/official-otlp.ts'
import { anyValue, wellFormed } from '../support/span-model.ts'

const Span = officialType('trace.v1.Span')
const ATTRIBUTE_TAG = (9 << 3) | 2

const integers: readonly [value: number, isInteger: boolean][] = [
  [0, true],
  [-0, true],
  [1e3, true],
  [0.5, false],
  [2 ** 53 + 2, true],
  [2 ** 63 - 1024, true],
  [2 ** 63, false],
  [-(2 ** 63), true],
  [-(2 ** 63) - 2048, false],
  [1e300, false],
  [Number.NaN, false],
  [Number.POSITIVE_INFINITY, false],
  [Number.NEGATIVE_INFINITY, false],
]
for (const [number, isInteger] of integers) {
  test(`${Object.is(number, -0) ? '-0' : number} is ${isInteger ? 'an integer' : 'a double'}`, () => {
    assert.equal(isInt64(number), isInteger)
  })
}

test('any value under any key is what the official messages read, within its bound', () => {
  fc.assert(
    fc.property(text, value, (key, given) => {
      const taken = takeValue(given, Number.POSITIVE_INFINITY)
      if (taken === undefined) return
      const keyField = encodeKeyField(key)
      const out = new ProtobufWriter(byteTarget(new ArrayBuffer(keyField.length + VALUE_OVERHEAD + textBound(taken))))
      writeKeyValue(out, ATTRIBUTE_TAG, keyField, taken)
      const bytes = out.bytes.slice(0, out.position)
      const expected = { attributes: [{ key: wellFormed(key), value: anyValue(given) }] }
      assert.deepEqual(officialDecode(Span, bytes), expected)
      assert.equal(officialEncode(Span, expected).length, bytes.length)
      const exactRoom = keyField.length + VALUE_OVERHEAD + textSize(taken)
      assert.ok(bytes.length <= exactRoom && textSize(taken) <= textBound(taken))
    }),
    { numRuns: 1000 },
  )
})

test('where key and text together outgrow one byte of length, every combination is right', () => {
  for (let keyLength = 80; keyLength < 128; keyLength++) {
    for (const textLength of [0, 1, 20, 35, 36, 37, 40]) {
      const [keyField, given] = [encodeKeyField('k'.repeat(keyLength)), 'v'.repeat(textLength)]
      const out = new ProtobufWriter(byteTarget(new ArrayBuffer(400)))
      writeKeyValue(out, ATTRIBUTE_TAG, keyField, given)
      const expected = { attributes: [{ key: 'k'.repeat(keyLength), value: { stringValue: given } }] }
      assert.deepEqual(officialEncode(Span, expected), out.bytes.slice(0, out.position))
    }
  }
})

const sizes: readonly [what: string, value: string | number | readonly string[], bytes: number][] = [
  ['text', 'é€😀', 2 + 3 + 4],
  ['half a pair', '\ud800', 3],
  ['a number', 1, 0],
  ['an array: two bytes of tag and length for each element and two inside', ['a', 'é'], 5 + 6],
]
for (const [what, given, bytes] of sizes) {
  test(`the text size of ${what} is ${bytes}`, () => assert.equal(textSize(given), bytes))
}
