import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import { encodeRequest } from '../../src/otlp/request.ts'
import { createRequestFrame } from '../../src/otlp/request-frame.ts'
import { frameWithAttribute } from '../../src/otlp/resource-attribute.ts'
import { attributesOf, entries, text } from '../support/arbitraries-span.ts'

const SCOPE = { name: 'lib', version: '1' }
/** Nothing else has it. */
const KEY = 'gcp.project_id'

test('a frame with one more attribute is what would have been made with it', () => {
  fc.assert(
    fc.property(entries, text, fc.uint8Array({ maxLength: 300 }), (list, value, spans) => {
      const resource = attributesOf(list)
      const request = encodeRequest(createRequestFrame(resource, SCOPE), spans)
      const { [KEY]: _, ...others } = resource
      fc.pre(Object.keys(others).length === Object.keys(resource).length)
      assert.deepEqual(
        plain(frameWithAttribute(request, KEY, value)),
        plain(createRequestFrame({ ...resource, [KEY]: value }, SCOPE)),
      )
    }),
  )
})

for (const bytes of [0, 90, 100, 110, 127, 128, 16_300, 16_384]) {
  test(`a value of ${bytes} bytes, around which lengths take a byte more`, () => {
    const value = 'v'.repeat(bytes)
    const request = encodeRequest(createRequestFrame({ a: 1 }, SCOPE), new Uint8Array())
    assert.deepEqual(
      plain(frameWithAttribute(request, KEY, value)),
      plain(createRequestFrame({ a: 1, [KEY]: value }, SCOPE)),
    )
  })
}

/** Buffers and arrays of bytes are of different types. */
function plain({ resource, scope }: { resource: Uint8Array; scope: Uint8Array }): string[] {
  return [resource, scope].map(bytes => Buffer.from(bytes).toString('hex'))
}
