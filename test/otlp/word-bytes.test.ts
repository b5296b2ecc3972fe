import assert from 'node:assert/strict'
import test from 'node:test'
import { NOT_STORED, plainBytes, type WordBytes, wordBytes, writeWords } from '../../src/otlp/word-bytes.ts'
import { byteTarget, ProtobufWriter } from '../../src/wire/protobuf-writer.ts'

const OVERRUN = 7

function written(source: WordBytes, start: number): Uint8Array {
  const out = new ProtobufWriter(byteTarget(new ArrayBuffer(start + source.bytes.length + OVERRUN)))
  out.position = start
  writeWords(out, source)
  return out.bytes.slice(start, out.position)
}

test('every length, at every place within a word', () => {
  for (let length = 0; length <= 40; length++) {
    const bytes = Uint8Array.from({ length }, (_, index) => 255 - 5 * index)
    for (let start = 0; start < 8; start++) {
      assert.deepEqual(written(wordBytes(bytes), start), bytes)
      assert.deepEqual(written(plainBytes(bytes), start), bytes)
    }
  }
})

test('what is kept does not change with where it came from', () => {
  const bytes = Uint8Array.of(1, 2, 3)
  const kept = wordBytes(bytes)
  bytes.fill(0)
  assert.deepEqual(written(kept, 1), Uint8Array.of(1, 2, 3))
})

test('bytes that read as NaN are copied one by one, with all their bits', () => {
  const signalling = [1, 0, 0, 0, 0, 0, 0xf0, 0x7f]
  const quiet = [9, 8, 7, 6, 5, 4, 0xf8, 0xff]
  for (const pattern of [signalling, quiet]) {
    const kept = wordBytes(Uint8Array.from([...Array(8).keys(), ...pattern, 3]))
    assert.equal(kept.word, NOT_STORED)
    assert.deepEqual(written(kept, 3), kept.bytes)
  }
})
