import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import { readResource } from '../../src/otlp/read-resource.ts'
import { encodeRequest, encodeRequestInPlace, requestHeadBound } from '../../src/otlp/request.ts'
import { createRequestFrame } from '../../src/otlp/request-frame.ts'
import { attributesOf, entries, text } from '../support/arbitraries-span.ts'
import { OfficialRequest, officialDecode, officialEncode, officialType } from '../support/official-otlp.ts'
import { anyValue, wellFormed } from '../support/span-model.ts'

/** One span whose name fills as many bytes as asked for. */
function spansField(nameBytes: number): { bytes: Uint8Array; name: string } {
  const name = 'n'.repeat(nameBytes)
  return { bytes: officialEncode(officialType('trace.v1.ScopeSpans'), { spans: [{ name }] }), name }
}

/** Sizes at which the lengths of the messages around the spans take a byte more. */
for (const nameBytes of [0, 1, 100, 110, 120, 127, 128, 16_000, 16_300, 16_384, 2_097_100]) {
  test(`a request around ${nameBytes} bytes of span is what the official messages write`, () => {
    const frame = createRequestFrame({ 'service.name': 'svc' }, { name: 'lib', version: '1' })
    const { bytes, name } = spansField(nameBytes)
    const request = encodeRequest(frame, bytes)
    const object = {
      resourceSpans: [
        {
          resource: { attributes: [{ key: 'service.name', value: { stringValue: 'svc' } }] },
          scopeSpans: [{ scope: { name: 'lib', version: '1' }, spans: [{ name }] }],
        },
      ],
    }
    assert.deepEqual(request, officialEncode(OfficialRequest, object))
    assert.deepEqual(encodeRequestInPlace(frame, withRoom(bytes, requestHeadBound(frame))), request)
  })
}

/** The same bytes with that much free memory in front of them. */
function withRoom(bytes: Uint8Array, room: number): Uint8Array<ArrayBuffer> {
  const memory = new Uint8Array(room + bytes.length)
  memory.set(bytes, room)
  return memory.subarray(room)
}

test('a request is built around spans in place only where its head has room', () => {
  const frame = createRequestFrame({ a: 'b' }, { name: 'lib', version: '1' })
  const { bytes } = spansField(100)
  const headSize = encodeRequest(frame, bytes).length - bytes.length
  assert.ok(headSize <= requestHeadBound(frame))
  assert.ok(encodeRequestInPlace(frame, withRoom(bytes, headSize)))
  const tight = withRoom(bytes, headSize - 1)
  assert.equal(encodeRequestInPlace(frame, tight), undefined)
  assert.deepEqual(new Uint8Array(tight), new Uint8Array(bytes))
})

test('any resource and scope decode by the official messages to what they were, and by our reader', () => {
  fc.assert(
    fc.property(entries.map(attributesOf), text, text, (resource, name, version) => {
      const frame = createRequestFrame(resource, { name, version })
      const decoded = officialDecode(OfficialRequest, encodeRequest(frame, new Uint8Array(0)))
      const kept = Object.entries(resource).filter(
        ([key, value]) => key !== '' && value !== undefined && value !== null,
      )
      const attributes = kept.map(([key, value]) => ({ key: wellFormed(key), value: anyValue(value) }))
      assert.deepEqual(decoded, {
        resourceSpans: [
          {
            resource: attributes.length === 0 ? {} : { attributes },
            scopeSpans: [{ scope: { name: wellFormed(name), version: wellFormed(version) } }],
          },
        ],
      })
      assert.deepEqual(Object.keys(readResource(frame)).sort(), [...new Set(attributes.map(({ key }) => key))].sort())
    }),
  )
})

test('a resource is exempt from the limits of spans', () => {
  const many = Object.fromEntries(Array.from({ length: 500 }, (_, i) => [`key${i}`, 'x'.repeat(1_000)]))
  const resource = readResource(createRequestFrame(many, { name: '', version: '' }))
  assert.deepEqual({ ...resource }, many)
})
