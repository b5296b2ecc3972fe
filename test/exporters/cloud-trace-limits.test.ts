import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { truncatable } from '../../src/exporters/cloud-trace-limits.ts'

describe('a text is cut between characters:', () => {
  const rows: readonly [text: string, maxBytes: number, value: string, truncatedByteCount: number | undefined][] = [
    ['', 4, '', undefined],
    ['abcd', 4, 'abcd', undefined],
    ['abcde', 4, 'abcd', 1],
    ['abcé', 4, 'abc', 2],
    ['abcé', 5, 'abcé', undefined],
    ['ab€', 4, 'ab', 3],
    ['ab€', 5, 'ab€', undefined],
    ['a😀', 4, 'a', 4],
    ['a😀', 5, 'a😀', undefined],
    ['😀😀', 4, '😀', 4],
    ['😀😀', 7, '😀', 4],
    ['éé', 1, '', 4],
  ]
  for (const [text, maxBytes, value, truncatedByteCount] of rows) {
    test(`${JSON.stringify(text)} to ${maxBytes} bytes is ${JSON.stringify(value)}`, () => {
      const cut = truncatedByteCount === undefined ? {} : { truncatedByteCount }
      assert.deepEqual(truncatable(text, maxBytes), { value, ...cut })
    })
  }

  test('whatever it is, the longest beginning that fits is kept, and the rest counted', () => {
    const texts = fc.string({ unit: 'grapheme', maxLength: 40 })
    fc.assert(
      fc.property(texts, fc.integer({ min: 0, max: 60 }), (text, maxBytes) => {
        const { value, truncatedByteCount = 0 } = truncatable(text, maxBytes)
        assert.ok(text.startsWith(value))
        assert.equal(Buffer.byteLength(value) + truncatedByteCount, Buffer.byteLength(text))
        assert.ok(Buffer.byteLength(value) <= maxBytes)
        const next = [...text.slice(value.length)][0] ?? ''
        assert.ok(next === '' || Buffer.byteLength(value + next) > maxBytes)
      }),
    )
  })
})
