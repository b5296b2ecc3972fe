import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import { takeAttributes } from '../../src/otlp/attributes.ts'
import { encodeEvent, encodeLink } from '../../src/otlp/event.ts'
import { attributesOf, entries, text } from '../support/arbitraries-span.ts'
import { officialDecode, officialEncode, officialType } from '../support/official-otlp.ts'
import { anyValue, wellFormed } from '../support/span-model.ts'

const Span = officialType('trace.v1.Span')
const words = fc.tuple(fc.nat(2 ** 32 - 1), fc.nat(2 ** 31 - 1))
const attributes = entries.map(attributesOf)

function expectedAttributes(given: Record<string, unknown>): { attributes?: object[] } {
  const kept = Object.entries(given).filter(([key, value]) => key !== '' && value !== undefined && value !== null)
  if (kept.length === 0) return {}
  return { attributes: kept.map(([key, value]) => ({ key: wellFormed(key), value: anyValue(value) })) }
}

/** What the official messages read; their encoder takes as many bytes as ours. */
function decodeCanonical(bytes: Uint8Array): Record<string, unknown> {
  const decoded = officialDecode(Span, bytes)
  assert.equal(officialEncode(Span, decoded).length, bytes.length)
  return decoded
}

test('any event decodes by the official messages to what it was', () => {
  fc.assert(
    fc.property(text, words, attributes, fc.nat(300), (name, [timeLow, timeHigh], given, dropped) => {
      const { entries } = takeAttributes(given, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY)
      const bytes = encodeEvent({ name, timeLow: timeLow | 0, timeHigh, attributes: { entries, dropped } })
      const event = {
        timeUnixNano: String((BigInt(timeHigh) << 32n) + BigInt(timeLow)),
        name: wellFormed(name),
        ...expectedAttributes(given),
        ...(dropped === 0 ? {} : { droppedAttributesCount: dropped }),
      }
      assert.deepEqual(decodeCanonical(bytes), { events: [event] })
    }),
  )
})

const ids = fc.tuple(fc.uint8Array({ minLength: 16, maxLength: 16 }), fc.uint8Array({ minLength: 8, maxLength: 8 }))

test('any link decodes by the official messages to what it was', () => {
  fc.assert(
    fc.property(
      ids,
      text,
      attributes,
      fc.nat(300),
      fc.nat(0x3ff),
      ([traceId, spanId], traceState, given, dropped, flags) => {
        const { entries } = takeAttributes(given, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY)
        const link = {
          traceId: Buffer.from(traceId).toString('base64'),
          spanId: Buffer.from(spanId).toString('base64'),
          ...(traceState === '' ? {} : { traceState: wellFormed(traceState) }),
          ...expectedAttributes(given),
          ...(dropped === 0 ? {} : { droppedAttributesCount: dropped }),
          flags,
        }
        const bytes = encodeLink({ traceId, spanId, traceState, flags, entries, dropped })
        assert.deepEqual(decodeCanonical(bytes), { links: [link] })
      },
    ),
  )
})
