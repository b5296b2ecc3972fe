import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import protobuf from 'protobufjs'
import { ProtobufReader } from '../../src/wire/protobuf-reader.ts'

const hex = (text: string): Uint8Array => new Uint8Array(Buffer.from(text.replaceAll(' ', ''), 'hex'))

/** A reader at its first field. */
function at(bytes: Uint8Array): ProtobufReader {
  const reader = new ProtobufReader(bytes)
  assert.equal(reader.next(), true)
  return reader
}

const varints: readonly [bytes: string, value: number][] = [
  ['00', 0],
  ['7f', 127],
  ['80 01', 128],
  ['ac 02', 300],
  ['80 80 01', 16_384],
  ['ff ff ff ff 0f', 2 ** 32 - 1],
  ['80 80 80 80 10', 2 ** 32],
  ['81 80 80 80 80 80 80 08', 2 ** 52 + 1],
  ['ff ff ff ff ff ff ff 0f', Number.MAX_SAFE_INTEGER],
  ['80 00', 0],
]
for (const [bytes, value] of varints) {
  test(`varint ${bytes} is ${value}`, () => assert.equal(at(hex(`08 ${bytes}`)).varint(), value))
}

const int64s: readonly [bytes: string, value: bigint][] = [
  ['00', 0n],
  ['ff ff ff ff ff ff ff ff ff 01', -1n],
  ['81 80 80 80 80 80 80 10', 2n ** 53n + 1n],
  ['ff ff ff ff ff ff ff ff 7f', 2n ** 63n - 1n],
  ['80 80 80 80 80 80 80 80 80 01', -(2n ** 63n)],
]
for (const [bytes, value] of int64s) {
  test(`int64 ${bytes} is ${value}`, () => assert.equal(at(hex(`08 ${bytes}`)).int64(), value))
}

test('fixed64 and fixed32 are unsigned, double is IEEE 754', () => {
  assert.equal(at(hex('09 00002a36fe9c9717')).fixed64(), 1_700_000_000_000_000_000n)
  assert.equal(at(hex('09 ffffffffffffffff')).fixed64(), 2n ** 64n - 1n)
  assert.equal(at(hex('0d ffffffff')).fixed32(), 2 ** 32 - 1)
  assert.equal(at(hex('09 000000000000e03f')).double(), 0.5)
})

test('a field number of 16 and more takes two bytes of tag', () => {
  const reader = at(hex('85 01 01010000'))
  assert.deepEqual([reader.field, reader.wireType, reader.fixed32()], [16, 5, 0x101])
})

test('bytes is a view, text keeps a byte order mark and replaces malformed UTF-8', () => {
  const source = hex('0a 02 0102')
  assert.equal(at(source).bytes().buffer, source.buffer)
  assert.equal(at(hex('0a 06 efbbbf c3a9 ff')).text(), '\ufeffé\ufffd')
  assert.equal(at(hex('0a 00')).text(), '')
})

test('message reads the nested fields only, and the outer reader goes on behind them', () => {
  const reader = at(hex('0a 02 0805 1007'))
  const nested = reader.message()
  assert.equal(nested.next(), true)
  assert.deepEqual([nested.field, nested.varint(), nested.next()], [1, 5, false])
  assert.equal(reader.next(), true)
  assert.deepEqual([reader.field, reader.varint(), reader.next()], [2, 7, false])
})

test('skip passes over every wire type', () => {
  const reader = new ProtobufReader(hex('08 8001 11 0000000000000000 1a 01 00 25 00000000 28 01'))
  for (const field of [1, 2, 3, 4]) {
    assert.equal(reader.next(), true)
    assert.equal(reader.field, field)
    reader.skip()
  }
  assert.equal(reader.next(), true)
  assert.equal(reader.varint(), 1)
})

test('start and end bound the message', () => {
  const reader = new ProtobufReader(hex('ff 0805 ff'), 1, 3)
  assert.equal(reader.next(), true)
  assert.deepEqual([reader.varint(), reader.next()], [5, false])
  assert.throws(() => new ProtobufReader(hex('00'), 0, 2), { name: 'RangeError', message: /bytes 0 to 2 of 1/ })
})

function nestedVarint(reader: ProtobufReader): number {
  const nested = reader.message()
  nested.next()
  return nested.varint()
}

const malformed: readonly [what: string, bytes: string, read: (reader: ProtobufReader) => unknown, message: RegExp][] =
  [
    ['field number 0', '00 00', r => r.skip(), /no valid field number at offset 0/],
    ['a field number beyond 29 bits', '80 80 80 80 80 01 00', r => r.skip(), /no valid field number/],
    ['a tag that is cut short', '80', r => r.skip(), /1 bytes expected at offset 1, 0 left/],
    ['a varint that is cut short', '08 80', r => r.varint(), /1 bytes expected at offset 2, 0 left/],
    ['a varint of 11 bytes', '08 8080808080808080808000', r => r.varint(), /longer than 10 bytes at offset 1/],
    [
      'a value behind the end of its message',
      '0a 01 08 05',
      r => nestedVarint(r),
      /1 bytes expected at offset 3, 0 left/,
    ],
    ['text longer than the message', '0a 05 6162', r => r.text(), /5 bytes expected at offset 2, 2 left/],
    ['a length beyond 2^53', '0a ffffffffffffffffff01', r => r.bytes(), /expected at offset 11, 0 left/],
    ['a fixed64 that is cut short', '09 00000000000000', r => r.fixed64(), /4 bytes expected at offset 5, 3 left/],
    ['a skipped fixed32 that is cut short', '0d 000000', r => r.skip(), /4 bytes expected at offset 1, 3 left/],
    ['a group', '0b 0c', r => r.skip(), /unknown wire type 3 at offset 1/],
    ['wire type 7', '0f', r => r.skip(), /unknown wire type 7/],
    ['a varint where text should be', '08 01', r => r.text(), /field 1 has wire type 0 instead of 2/],
    ['text where a varint should be', '0a 01 61', r => r.varint(), /field 1 has wire type 2 instead of 0/],
  ]
for (const [what, bytes, read, message] of malformed) {
  test(`refuses ${what}`, () => {
    const reader = new ProtobufReader(hex(bytes))
    assert.throws(() => reader.next() && read(reader), { name: 'RangeError', message })
  })
}

test('reads whatever protobufjs writes', () => {
  const values = fc.tuple(fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n), fc.double(), fc.string({ unit: 'binary' }), fc.nat())
  fc.assert(
    fc.property(values, ([int64, double, text, number]) => {
      const writer = protobuf.Writer.create().uint32(8).int64(String(int64)).uint32(17).double(double)
      const reader = new ProtobufReader(writer.uint32(26).string(text).uint32(37).fixed32(number).finish())
      const read = [() => reader.int64(), () => reader.double(), () => reader.text(), () => reader.fixed32()]
      assert.deepEqual(
        read.map(value => reader.next() && value()),
        [int64, double, text, number],
      )
      assert.equal(reader.next(), false)
    }),
  )
})

test('random bytes are read or refused with a RangeError, and what lies behind the end plays no part', () => {
  const bytes = fc.uint8Array({ maxLength: 64 })
  fc.assert(
    fc.property(bytes, bytes, (message, behind) => {
      const all = Buffer.concat([message, behind])
      assert.deepEqual(fieldsOf(new ProtobufReader(all, 0, message.length)), fieldsOf(new ProtobufReader(message)))
    }),
    { numRuns: 2000 },
  )
})

/** The fields up to the end, or up to the message of the RangeError. */
function fieldsOf(reader: ProtobufReader): (number | string)[] {
  const fields: (number | string)[] = []
  try {
    for (; reader.next(); reader.skip()) fields.push(reader.field)
  } catch (error) {
    assert.ok(error instanceof RangeError)
    fields.push(error.message)
  }
  return fields
}
