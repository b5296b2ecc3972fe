import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import { AttributeKey, writeAttribute } from '../../src/otlp/span-attribute.ts'
import { type StoredValue, textBound, VALUE_OVERHEAD } from '../../src/otlp/values.ts'
import { storeWords } from '../../src/otlp/word-bytes.ts'
import { byteTarget, ProtobufWriter } from '../../src/wire/protobuf-writer.ts'
import { officialEncode, officialType } from '../support/official-otlp.ts'

const Span = officialType('trace.v1.Span')

/** Writes the values one after another, as the spans of one shape do, each within its bound. */
function write(key: AttributeKey, values: readonly StoredValue[]): Uint8Array[] {
  return values.map(value => {
    const bound = key.field.length + VALUE_OVERHEAD + textBound(value)
    const out = new ProtobufWriter(byteTarget(new ArrayBuffer(bound)))
    writeAttribute(out, key, value)
    return out.bytes.slice(0, out.position)
  })
}

function expected(key: string, values: readonly (string | number | boolean)[]): Uint8Array[] {
  return values.map(value => officialEncode(Span, { attributes: [{ key, value: officialValue(value) }] }))
}

function officialValue(value: string | number | boolean): object {
  if (typeof value === 'string') return { stringValue: value }
  if (typeof value === 'boolean') return { boolValue: value }
  return Number.isInteger(value) ? { intValue: value } : { doubleValue: value }
}

const text = fc.oneof(fc.constantFrom('a', 'b', 'é', '', 'x'.repeat(36), 'x'.repeat(37)), fc.string({ unit: 'binary' }))
const number = fc.oneof(
  fc.integer({ min: -1, max: 20_000 }),
  fc.integer(),
  fc.double({ noNaN: true }).filter(n => n % 1 !== 0),
)

test('whatever values a key has had before, each is written as the official messages write it', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 130 }), fc.array(fc.oneof(text, number, fc.boolean())), (key, values) => {
      assert.deepEqual(write(new AttributeKey(key, true), values), expected(key, values))
    }),
    { numRuns: 1000 },
  )
})

for (const length of [100, 115, 116, 117, 118, 119, 120, 121, 122, 123, 124, 125, 126, 127, 128]) {
  test(`a key of ${length} characters, where lengths outgrow one byte`, () => {
    const key = 'k'.repeat(length)
    const values = [true, 0, 127, 128, 2 ** 31 - 1, 2 ** 31, -1, '', 'v', 'v', 'v', 'v'.repeat(20), 0.5]
    assert.deepEqual(write(new AttributeKey(key, true), values), expected(key, values))
  })
}

test('a key of more characters than a call may have arguments', () => {
  const key = 'k'.repeat(1_000_000)
  assert.deepEqual(write(new AttributeKey(key, true), [true, 1, 'v']), expected(key, [true, 1, 'v']))
})

test('a text that came twice running is kept, until another has', () => {
  const key = new AttributeKey('k', true)
  const kept = ['a', 'b', 'b', 'c', 'c', 'c', 'd'].map(value => {
    write(key, [value])
    return key.repeated.text
  })
  assert.deepEqual(kept, [undefined, undefined, 'b', 'b', 'c', 'c', 'c'])
})

test('a key with a new text in every span is given up after 64 of them', () => {
  const key = new AttributeKey('k', true)
  write(
    key,
    Array.from({ length: 65 }, (_, i) => `text ${i}`),
  )
  write(key, ['same', 'same', 'same'])
  assert.equal(key.repeated.text, undefined)
})

test('a repeated text takes the place of one before it that was no shorter, and of no other', () => {
  const [first, second, third] = ['first', 'second', 'third'].map(key => new AttributeKey(key, true))
  const repeat = (key: AttributeKey, value: string): number => {
    write(key, [value, value])
    return key.repeated.word
  }
  const place = repeat(first!, 'long enough')
  repeat(second!, 'of another key')
  assert.deepEqual([repeat(first!, 'short'), repeat(first!, 'long again')], [place, place])
  assert.notEqual(repeat(third!, 'stored after that'), place)
  assert.deepEqual(write(second!, ['of another key']), expected('second', ['of another key']))
  assert.deepEqual(write(first!, ['long again']), expected('first', ['long again']))
  assert.notEqual(repeat(first!, 'longer than anything before it'), place)
})

test('keys and texts for which there is no more room are written all the same, and so is a key for one span', () => {
  const values = ['v', 'v', 'v', 7, true]
  assert.deepEqual(write(new AttributeKey('for one span', false), values), expected('for one span', values))
  const known = new AttributeKey('known before', true)
  while (storeWords(new Uint8Array(4096)) >= 0);
  while (storeWords(new Uint8Array(8)) >= 0);
  assert.deepEqual(write(known, values), expected('known before', values))
  const late = new AttributeKey('late', true)
  assert.deepEqual([late.isShort, known.repeated.text], [false, undefined])
  assert.deepEqual(write(late, values), expected('late', values))
})
