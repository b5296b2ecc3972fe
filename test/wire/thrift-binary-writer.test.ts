import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { ThriftBinaryWriter } from '../../src/wire/thrift-binary-writer.ts'

function written(write: (out: ThriftBinaryWriter) => void): string {
  const writer = new ThriftBinaryWriter(1)
  write(writer)
  return Buffer.from(writer.out.slice()).toString('hex')
}

const rows: readonly [what: string, write: (out: ThriftBinaryWriter) => void, hex: string][] = [
  ['i32', out => out.i32(1, -1), '080001ffffffff'],
  ['i64', out => out.i64(2, -1), '0a0002ffffffffffffffff'],
  ['i64, as bigint', out => out.i64(2, -(2n ** 63n)), '0a00028000000000000000'],
  ['i64, over 32 bits', out => out.i64(2, 1_700_000_000_000_000), '0a000200060a24181e4000'],
  ['two words', out => out.words(2, 0x8448eb21, 0x1c80319c), '0a00028448eb211c80319c'],
  ['true', out => out.bool(5, true), '02000501'],
  ['false', out => out.bool(5, false), '02000500'],
  ['double, big-endian', out => out.double(4, 0.5), '0400043fe0000000000000'],
  ['text', out => out.text(5, 'é'), '0b000500000002c3a9'],
  ['a lone surrogate', out => out.text(5, '\udc00'), '0b000500000003efbfbd'],
  ['binary', out => out.binary(7, Uint8Array.of(1, 255)), '0b00070000000201ff'],
  ['a list of structs', out => out.structs(10, 16_384), '0f000a0c00004000'],
  ['a call without an answer', out => out.oneway('emitBatch'), '8001000400000009656d6974426174636800000000'],
  [
    'a struct in a struct',
    out => {
      out.begin()
      out.struct(1)
      out.end()
      out.end()
    },
    '0c00010000',
  ],
]
describe("Thrift's binary protocol", () => {
  for (const [what, write, hex] of rows) test(what, () => assert.equal(written(write), hex))

  test('the head of a list takes five bytes, however long the list', () => {
    assert.equal(new ThriftBinaryWriter(0).listHeadSize(), 5)
  })
})
