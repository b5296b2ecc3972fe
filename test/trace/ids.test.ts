import assert from 'node:assert/strict'
import crypto from 'node:crypto'
import test from 'node:test'
import fc from 'fast-check'
import {
  fillRandomWords,
  hexToBytes,
  randomWords,
  swapBytes,
  takeRandomWords,
  wordFromHex,
  wordToHex,
} from '../../src/trace/ids.ts'

test('words are never handed out twice, across refills', () => {
  const seen = new Set<string>()
  for (let i = 0; i < 20_000; i++) {
    const index = takeRandomWords(6)
    const id = Array.from(randomWords.subarray(index, index + 6), wordToHex).join('')
    assert.equal(id.length, 48)
    seen.add(id)
  }
  assert.equal(seen.size, 20_000)
})

test('no word is zero, whatever the source of randomness gives', t => {
  t.mock.method(crypto, 'randomFillSync', (words: Int32Array) => words.fill(0))
  fillRandomWords()
  assert.ok(randomWords.every(word => word !== 0))
})

test('the hex of a word is that of its bytes, and reads back', () => {
  fc.assert(
    fc.property(fc.integer(), word => {
      const bytes = Buffer.from(Int32Array.of(word).buffer)
      assert.equal(wordToHex(word), bytes.toString('hex'))
      assert.equal(wordFromHex(`xx${wordToHex(word)}yy`, 2), word)
      assert.equal(swapBytes(word), bytes.readInt32BE())
    }),
  )
})

test('hex becomes bytes', () => {
  assert.deepEqual(hexToBytes('00ff10'), Uint8Array.of(0, 255, 16))
})
