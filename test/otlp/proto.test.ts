import assert from 'node:assert/strict'
import test from 'node:test'
import protobuf from 'protobufjs'
import * as fields from '../../src/otlp/fields.ts'
import { FLAG_HAS_IS_REMOTE, FLAG_IS_REMOTE } from '../../src/otlp/span-flags.ts'
import { SpanKind, SpanStatusCode } from '../../src/types/span.ts'
import { officialDecode, officialEncode, officialType } from '../support/official-otlp.ts'
import { otlpRoot } from '../support/otlp-json.ts'

const messages = new Map<string, protobuf.Type>()
collect(otlpRoot)

function collect(namespace: protobuf.NamespaceBase): void {
  for (const nested of namespace.nestedArray) {
    if (nested instanceof protobuf.Type) messages.set(nested.name, nested)
    if (nested instanceof protobuf.Namespace) collect(nested)
  }
}

/** 'KEY_VALUE' for KeyValue. */
function constantName(message: string): string {
  return message.replace(/(?<=[a-z])(?=[A-Z])/g, '_').toUpperCase()
}

const constants = Object.entries(fields).filter(([, value]) => typeof value === 'object')

test('every message of proto/otlp.proto has a constant in fields.ts and the other way round', () => {
  const names = Array.from(messages.keys(), constantName)
  assert.deepEqual(names.sort(), constants.map(([name]) => name).sort())
})

for (const [name, message] of messages) {
  test(`the numbers of ${name} are those of proto/otlp.proto`, () => {
    const numbers = Object.fromEntries(message.fieldsArray.map(field => [field.name, field.id]))
    assert.deepEqual(Object.fromEntries(constants)[constantName(name)], numbers)
  })
}

test('the flag bits are those of proto/otlp.proto', () => {
  const { values } = otlpRoot.lookupEnum('SpanFlags')
  assert.equal(FLAG_HAS_IS_REMOTE, values.SPAN_FLAGS_CONTEXT_HAS_IS_REMOTE_MASK)
  assert.equal(FLAG_IS_REMOTE, values.SPAN_FLAGS_CONTEXT_IS_REMOTE_MASK)
})

test('span kinds are one below proto/otlp.proto, status codes are equal', () => {
  const kinds = Object.entries(SpanKind).map(([name, kind]) => [`SPAN_KIND_${name}`, kind + 1])
  const codes = Object.entries(SpanStatusCode).map(([name, code]) => [`STATUS_CODE_${name}`, code])
  const protoEnum = (name: string): object => Object.entries(otlpRoot.lookupEnum(name).values)
  assert.deepEqual(protoEnum('SpanKind'), [['SPAN_KIND_UNSPECIFIED', 0], ...kinds])
  assert.deepEqual(protoEnum('StatusCode'), codes)
})

/** Where the official messages live that are not in trace.v1. */
const officialNames: Record<string, string> = {
  ExportTraceServiceRequest: 'collector.trace.v1.ExportTraceServiceRequest',
  ExportTraceServiceResponse: 'collector.trace.v1.ExportTraceServiceResponse',
  ExportTracePartialSuccess: 'collector.trace.v1.ExportTracePartialSuccess',
  Resource: 'resource.v1.Resource',
  InstrumentationScope: 'common.v1.InstrumentationScope',
  KeyValue: 'common.v1.KeyValue',
  AnyValue: 'common.v1.AnyValue',
  ArrayValue: 'common.v1.ArrayValue',
  KeyValueList: 'common.v1.KeyValueList',
  Event: 'trace.v1.Span.Event',
  Link: 'trace.v1.Span.Link',
}

/** A value that only a reader of the same wire type and sign gets back. */
function sampleValue(type: string): unknown {
  switch (type) {
    case 'bytes':
      return Buffer.from('00ff', 'hex').toString('base64')
    case 'string':
      return 'é'
    case 'bool':
      return true
    case 'double':
      return -0.5
    case 'int64':
      return '-2'
    case 'fixed64':
      return '18446744073709551615'
    default:
      return type === 'uint32' || type === 'fixed32' ? 4_294_967_295 : 2
  }
}

/** A message with that field set; a nested message has its first field set, down to a scalar. */
function sample(field: protobuf.Field): object {
  const { resolvedType } = field
  const value = resolvedType instanceof protobuf.Type ? sample(resolvedType.fieldsArray[0]!) : sampleValue(field.type)
  return { [field.name]: field.repeated ? [value] : value }
}

for (const [name, message] of messages) {
  const official = officialType(officialNames[name] ?? `trace.v1.${name}`)
  for (const field of message.fieldsArray) {
    test(`the official messages agree on ${name}.${field.name}`, () => {
      const object = sample(field)
      const ours = new Uint8Array(message.encode(message.fromObject(object)).finish())
      assert.deepEqual(officialDecode(official, ours), object)
      assert.deepEqual(officialEncode(official, object), ours)
    })
  }
}
