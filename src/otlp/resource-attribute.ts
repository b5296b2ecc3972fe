import { ProtobufReader } from '../wire/protobuf-reader.ts'
import { byteTarget, LENGTH_DELIMITED, ProtobufWriter } from '../wire/protobuf-writer.ts'
import { ANY_VALUE, EXPORT_TRACE_SERVICE_REQUEST, KEY_VALUE, RESOURCE, RESOURCE_SPANS, SCOPE_SPANS } from './fields.ts'
import type { RequestFrame } from './request-frame.ts'

/** A tag of one byte and a length. */
const MAX_HEAD_BYTES = 6

/** The frame of `request`, with one more attribute in its resource. The others stay the bytes that they are. */
export function frameWithAttribute(request: Uint8Array, key: string, value: string): RequestFrame {
  const resourceSpans = contentOf(request, EXPORT_TRACE_SERVICE_REQUEST.resourceSpans)
  const resource = contentOf(resourceSpans, RESOURCE_SPANS.resource)
  const scope = contentOf(contentOf(resourceSpans, RESOURCE_SPANS.scopeSpans), SCOPE_SPANS.scope)
  const text = field(ANY_VALUE.stringValue, Buffer.from(value))
  const attribute = Buffer.concat([field(KEY_VALUE.key, Buffer.from(key)), field(KEY_VALUE.value, text)])
  return {
    resource: field(RESOURCE_SPANS.resource, Buffer.concat([resource, field(RESOURCE.attributes, attribute)])),
    scope: field(SCOPE_SPANS.scope, scope),
  }
}

/** Of the first field of that number. */
function contentOf(message: Uint8Array, number: number): Uint8Array {
  const reader = new ProtobufReader(message)
  while (reader.next()) {
    if (reader.field === number) return reader.bytes()
    reader.skip()
  }
  return new Uint8Array()
}

function field(number: number, content: Uint8Array): Uint8Array {
  const out = new ProtobufWriter(byteTarget(new ArrayBuffer(MAX_HEAD_BYTES + content.length)))
  out.byte((number << 3) | LENGTH_DELIMITED)
  out.varint(content.length)
  out.raw(content)
  return out.bytes.subarray(0, out.position)
}
