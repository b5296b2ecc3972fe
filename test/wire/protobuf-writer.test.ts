import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import protobuf from 'protobufjs'
import { byteTarget, ProtobufWriter, utf8Size } from '../../src/wire/protobuf-writer.ts'
import { varintSize } from '../../src/wire/varint.ts'
import { text } from '../support/arbitraries-span.ts'

const ROOM = 4096

/** The hex of what `write` writes. */
function written(write: (out: ProtobufWriter) => void): string {
  const out = new ProtobufWriter(byteTarget(new ArrayBuffer(ROOM)))
  write(out)
  return Buffer.from(out.bytes.subarray(0, out.position)).toString('hex')
}

const varints: readonly [value: number, hex: string][] = [
  [0, '00'],
  [-0, '00'],
  [1, '01'],
  [127, '7f'],
  [128, '8001'],
  [300, 'ac02'],
  [16_383, 'ff7f'],
  [16_384, '808001'],
  [2 ** 21, '80808001'],
  [2 ** 28 - 1, 'ffffff7f'],
  [2 ** 28, '8080808001'],
  [2 ** 31, '8080808008'],
  [2 ** 32 - 1, 'ffffffff0f'],
  [2 ** 32, '8080808010'],
  [2 ** 35, '808080808001'],
  [2 ** 49, '8080808080808001'],
  [Number.MAX_SAFE_INTEGER, 'ffffffffffffff0f'],
]
for (const [value, hex] of varints) {
  test(`varint ${value} is ${hex}`, () => {
    assert.equal(
      written(out => out.varint(value)),
      hex,
    )
    assert.equal(varintSize(value), hex.length / 2)
  })
}

const int64s: readonly [value: number, hex: string][] = [
  [0, '00'],
  [-0, '00'],
  [2 ** 32 - 1, 'ffffffff0f'],
  [2 ** 32, '8080808010'],
  [2 ** 53, '8080808080808010'],
  [2 ** 63 - 1024, '80f8ffffffffffff7f'],
  [-1, 'ffffffffffffffffff01'],
  [-(2 ** 31), '80808080f8ffffffff01'],
  [-(2 ** 32), '80808080f0ffffffff01'],
  [-(2 ** 53), '80808080808080f0ff01'],
  [-(2 ** 63), '80808080808080808001'],
]
for (const [value, hex] of int64s) {
  test(`int64 ${value} is ${hex}, as number and as bigint`, () => {
    assert.equal(
      written(out => out.int64(value)),
      hex,
    )
    assert.equal(
      written(out => out.bigint64(BigInt(value))),
      hex,
    )
  })
}

test('int64 and bigint64 agree with protobufjs', () => {
  const official = (value: bigint): string =>
    Buffer.from(protobuf.Writer.create().int64(String(value)).finish()).toString('hex')
  fc.assert(
    fc.property(fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n), value => {
      assert.equal(
        written(out => out.bigint64(value)),
        official(value),
      )
    }),
  )
  fc.assert(
    fc.property(fc.maxSafeInteger(), value => {
      assert.equal(
        written(out => out.int64(value)),
        official(BigInt(value)),
      )
    }),
  )
})

const fixed: readonly [what: string, write: (out: ProtobufWriter) => void, hex: string][] = [
  ['fixed32 257', out => out.fixed32(257), '01010000'],
  ['fixed32 2^32 - 1', out => out.fixed32(0xffffffff), 'ffffffff'],
  ['fixed64 of two words', out => out.fixed64(0xfe362a00, 0x17979cfe), '002a36fefe9c9717'],
  ['double 0.5', out => out.double(0.5), '000000000000e03f'],
  ['double -0', out => out.double(-0), '0000000000000080'],
  ['double NaN', out => out.double(Number.NaN), '000000000000f87f'],
  ['a byte', out => out.byte(0x12), '12'],
]
for (const [what, write, hex] of fixed) {
  test(`${what} is ${hex}`, () => assert.equal(written(write), hex))
}

/** 36 characters are copied in a loop, 37 by the runtime; from 128 bytes on the length takes two. */
const strings: readonly [what: string, value: string, hexStart: string][] = [
  ['the empty text', '', '00'],
  ['one character', 'a', '0161'],
  ['36 characters', 'a'.repeat(36), `24${'61'.repeat(36)}`],
  ['37 characters', 'a'.repeat(37), `25${'61'.repeat(37)}`],
  ['127 characters', 'a'.repeat(127), `7f${'61'.repeat(127)}`],
  ['128 characters', 'a'.repeat(128), `8001${'61'.repeat(128)}`],
  ['DEL, the last of ASCII', '\x7f', '017f'],
  ['NUL', '\0', '0100'],
  ['two bytes', 'é', '02c3a9'],
  ['three bytes', '€', '03e282ac'],
  ['four bytes', '😀', '04f09f9880'],
  ['a character beyond ASCII at the end', 'aaé', '046161c3a9'],
  ['Latin-1', '\x80', '02c280'],
  ['half a pair', 'a\ud83db', '0561efbfbd62'],
  ['a pair the wrong way round', '\ude00\ud83d', '06efbfbdefbfbd'],
  ['a byte order mark', '\ufeff', '03efbbbf'],
]
for (const [what, value, hex] of strings) {
  test(`string: ${what}`, () => {
    assert.equal(
      written(out => out.string(value)),
      hex,
    )
    assert.equal(utf8Size(value), Buffer.from(value).length)
  })
}

test('string agrees with protobufjs on any text, in shared memory too', () => {
  fc.assert(
    fc.property(text, value => {
      const out = new ProtobufWriter(byteTarget(new SharedArrayBuffer(ROOM)))
      out.string(value)
      const bytes = Buffer.from(Uint8Array.prototype.slice.call(out.bytes, 0, out.position))
      assert.deepEqual(bytes, Buffer.from(protobuf.Writer.create().bytes(Buffer.from(value)).finish()))
    }),
  )
})

for (const length of [0, 1, 64, 65, 1000]) {
  test(`raw copies ${length} bytes and no length`, () => {
    const source = Uint8Array.from({ length }, (_, i) => i)
    assert.equal(
      written(out => out.raw(source)),
      Buffer.from(source).toString('hex'),
    )
  })
}

for (const guess of [1, 2, 3]) {
  for (const length of [0, 127, 128, 600]) {
    test(`a message of ${length} bytes whose length was guessed to take ${guess} is closed in place`, () => {
      const content = 'ab'.repeat(length)
      const hex = written(out => {
        out.byte(0x12)
        const mark = out.open(guess)
        out.raw(Buffer.from(content, 'hex'))
        out.close(mark, guess)
        out.byte(0xff)
      })
      assert.equal(hex, `12${written(out => out.varint(length))}${content}ff`)
    })
  }
}

test('aim goes on in other memory at a position', () => {
  const [first, second] = [byteTarget(new ArrayBuffer(8)), byteTarget(new ArrayBuffer(64))]
  const out = new ProtobufWriter(first)
  out.string('a')
  out.aim(second, 4)
  out.string('é')
  out.fixed32(1)
  assert.equal(Buffer.from(first.bytes).toString('hex'), '0161000000000000')
  assert.equal(Buffer.from(second.bytes.subarray(0, 11)).toString('hex'), '0000000002c3a901000000')
  assert.equal(out.position, 11)
})

test('varintSize is that of protobufjs for every power of two and its neighbours', () => {
  for (let bits = 0; bits <= 52; bits++) {
    for (const value of [2 ** bits - 1, 2 ** bits, 2 ** bits + 1]) {
      const official = protobuf.Writer.create().uint64(value).finish().length
      assert.equal(varintSize(value), official, String(value))
    }
  }
})
