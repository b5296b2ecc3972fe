import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { ThriftCompactWriter } from '../../src/wire/thrift-compact-writer.ts'

function written(write: (out: ThriftCompactWriter) => void): string {
  const writer = new ThriftCompactWriter(1)
  writer.begin()
  write(writer)
  return Buffer.from(writer.out.slice()).toString('hex')
}

describe('i64, as number and as bigint', () => {
  const rows: readonly [value: bigint, hex: string][] = [
    [0n, '00'],
    [-1n, '01'],
    [1n, '02'],
    [63n, '7e'],
    [64n, '8001'],
    [-64n, '7f'],
    [2_147_483_647n, 'feffffff0f'],
    [-2_147_483_648n, 'ffffffff0f'],
    [4_294_967_296n, '8080808020'],
    [-4_294_967_297n, '8180808020'],
    [1_700_000_000_000_000n, '8080f28183898506'],
    [2n ** 53n - 1n, 'feffffffffffff1f'],
    [-(2n ** 53n) + 1n, 'fdffffffffffff1f'],
    [2n ** 63n - 1n, 'feffffffffffffffff01'],
    [-(2n ** 63n), 'ffffffffffffffffff01'],
  ]
  for (const [value, hex] of rows) {
    test(`${value} is ${hex}`, () => {
      assert.equal(
        written(out => out.i64(1, value)),
        `16${hex}`,
      )
      if (!Number.isSafeInteger(Number(value))) return
      assert.equal(
        written(out => out.i64(1, Number(value))),
        `16${hex}`,
      )
    })
  }
})

describe('a field', () => {
  const rows: readonly [what: string, write: (out: ThriftCompactWriter) => void, hex: string][] = [
    ['i32', out => out.i32(1, -1), '1501'],
    ['i32, the largest', out => out.i32(1, 2_147_483_647), '15feffffff0f'],
    ['i32, the smallest', out => out.i32(1, -2_147_483_648), '15ffffffff0f'],
    ['true, which is a type', out => out.bool(2, true), '21'],
    ['false', out => out.bool(2, false), '22'],
    ['double, little-endian', out => out.double(1, 0.5), '17000000000000e03f'],
    ['text', out => out.text(1, 'héllo 😀'), '180b68c3a96c6c6f20f09f9880'],
    ['an empty text', out => out.text(1, ''), '1800'],
    ['a lone surrogate', out => out.text(1, '\ud800'), '1803efbfbd'],
    ['binary', out => out.binary(1, Uint8Array.of(1, 2, 255)), '18030102ff'],
    ['two words', out => out.words(1, -1, 0xffffffff), '1601'],
    ['15 further on', out => out.bool(15, true), 'f1'],
    ['16 further on', out => out.bool(16, true), '0120'],
    [
      'one before the last',
      out => {
        out.bool(3, true)
        out.bool(2, true)
      },
      '310104',
    ],
    [
      'after a struct, counted from before it',
      out => {
        out.struct(3)
        out.bool(7, true)
        out.end()
        out.bool(4, false)
      },
      '3c710012',
    ],
    [
      'in each element of a list, counted from 0',
      out => {
        out.structs(1, 2)
        for (const value of [true, false]) {
          out.begin()
          out.bool(1, value)
          out.end()
        }
      },
      '192c11001200',
    ],
  ]
  for (const [what, write, hex] of rows) test(what, () => assert.equal(written(write), hex))
})

describe('the head of a list', () => {
  const rows: readonly [count: number, hex: string][] = [
    [0, '0c'],
    [1, '1c'],
    [14, 'ec'],
    [15, 'fc0f'],
    [127, 'fc7f'],
    [128, 'fc8001'],
    [16_384, 'fc808001'],
  ]
  for (const [count, hex] of rows) {
    test(`of ${count} structs is ${hex}`, () => {
      assert.equal(
        written(out => out.structs(1, count)),
        `19${hex}`,
      )
      assert.equal(new ThriftCompactWriter(0).listHeadSize(count), hex.length / 2)
    })
  }
})

test('a call without an answer', () => {
  assert.equal(
    written(out => out.oneway('emitBatch')),
    '82810009656d69744261746368',
  )
})

test('memory grows under every text, and the bytes are those of a Buffer', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'binary', maxLength: 80 }), { maxLength: 40 }), texts => {
      const writer = new ThriftCompactWriter(0)
      writer.begin()
      for (const [index, text] of texts.entries()) writer.text(index + 1, text)
      const expected = texts.map(text => {
        const bytes = Buffer.from(text)
        const length = bytes.length < 128 ? [bytes.length] : [(bytes.length & 127) | 128, bytes.length >> 7]
        return Buffer.concat([Buffer.of(0x18, ...length), bytes])
      })
      assert.deepEqual(Buffer.from(writer.out.slice()), Buffer.concat(expected))
    }),
  )
})
