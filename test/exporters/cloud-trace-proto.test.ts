import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import protobuf from 'protobufjs'
import protojson from 'protobufjs/ext/protojson.js'
import { createCloudTraceMapper } from '../../src/exporters/cloud-trace-span.ts'
import { span as anySpan } from '../support/arbitraries-otlp.ts'
import { batchOf, type SpanObject, sketchSpan } from '../support/batch.ts'
import { officialCloudTrace } from '../support/cloud-trace-json.ts'

const root = new protobuf.Root().loadSync(fileURLToPath(new URL('../../proto/cloudtrace.proto', import.meta.url)))
root.resolveAll()
const ours = root.lookup('blueprint_tracing.cloudtrace') as protobuf.Namespace
const Request = ours.lookupType('BatchWriteSpansRequest')
const types = ours.nestedArray.filter(nested => nested instanceof protobuf.Type)
const enums = ours.nestedArray.filter(nested => nested instanceof protobuf.Enum)

/** What goes into the body of a request. */
function bodyOf(spans: readonly SpanObject[]): object {
  const batch = batchOf(spans)
  return JSON.parse(JSON.stringify({ spans: Array.from(batch.spans(), createCloudTraceMapper('demo', batch)) }))
}

/** Spans that make use of whatever there is. */
const FULL: readonly SpanObject[] = [
  sketchSpan({
    id: 1,
    parent: 2,
    name: 'n'.repeat(2_000),
    attributes: [
      { key: 'text', value: { stringValue: 'x' } },
      { key: 'integer', value: { intValue: '7' } },
      { key: 'boolean', value: { boolValue: true } },
    ],
    droppedAttributesCount: 1,
    events: [{ timeUnixNano: '1700000000000000000', name: 'event' }],
    droppedEventsCount: 1,
    links: [{ traceId: new Uint8Array(16).fill(1), spanId: new Uint8Array(8).fill(2) }],
    droppedLinksCount: 1,
    status: { code: 2, message: 'no face is left' },
  }),
  ...[2, 3, 4, 5].map(kind => sketchSpan({ id: kind, kind })),
]

/** `Message.field` and `Enum.VALUE` of all that is in `value`, which is of that type. Throws on what the type does not have. */
function usedIn(value: unknown, type: protobuf.ReflectionObject | null): string[] {
  if (type instanceof protobuf.Enum) {
    assert.ok(typeof value === 'string' && type.values[value] !== undefined, `${type.name} has no ${value}`)
    return [`${type.name}.${value}`]
  }
  // A timestamp and a wrapper are a text and a boolean in JSON.
  if (!(type instanceof protobuf.Type) || typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([name, member]) => {
    const field = type.fields[name]
    assert.ok(field !== undefined, `${type.name} has no ${name}`)
    const members = field.repeated || field.map ? Object.values(member as object) : [member]
    return [`${type.name}.${name}`, ...members.flatMap(each => usedIn(each, field.resolvedType))]
  })
}

test('what the exporter sends has every field and value of proto/cloudtrace.proto, and no other', () => {
  const used = new Set(usedIn(bodyOf(FULL), Request))
  const there = [
    ...types.flatMap(({ name, fieldsArray }) => fieldsArray.map(field => `${name}.${field.name}`)),
    ...enums.flatMap(({ name, values }) => Object.keys(values).map(value => `${name}.${value}`)),
  ]
  // proto3 has each enum begin with a value of 0.
  const expected = there.filter(name => name !== 'SpanKind.SPAN_KIND_UNSPECIFIED')
  assert.deepEqual([...used].sort(), expected.sort())
})

test('whatever a span holds, a strict reader of proto/cloudtrace.proto takes it', () => {
  fc.assert(
    fc.property(anySpan, each => void protojson.fromJson(Request, bodyOf([each]))),
    { numRuns: 200 },
  )
})

/** Where the official ones live that are not in a message or enum of the same name in google.devtools.cloudtrace.v2. */
const OFFICIAL: Readonly<Record<string, string>> = {
  Attributes: 'Span.Attributes',
  TimeEvents: 'Span.TimeEvents',
  TimeEvent: 'Span.TimeEvent',
  Annotation: 'Span.TimeEvent.Annotation',
  Links: 'Span.Links',
  Link: 'Span.Link',
  LinkType: 'Span.Link.Type',
  SpanKind: 'Span.SpanKind',
  Status: '.google.rpc.Status',
}

function officialOf(name: string): protobuf.ReflectionObject {
  const path = OFFICIAL[name] ?? name
  const found = officialCloudTrace.lookup(path.startsWith('.') ? path : `google.devtools.cloudtrace.v2.${path}`)
  assert.ok(found, `there is no official ${path}`)
  return found
}

describe("Google's descriptor agrees on", () => {
  for (const { name, fieldsArray } of types) {
    for (const field of fieldsArray) {
      test(`${name}.${field.name}`, () => {
        const official = (officialOf(name) as protobuf.Type).fields[field.name]!
        assert.deepEqual(shapeOf(field), shapeOf(official))
        const { resolvedType } = field
        if (resolvedType === null) assert.equal(official.type, field.type)
        else if (resolvedType.parent === ours) assert.equal(official.resolvedType, officialOf(resolvedType.name))
        else assert.equal(official.resolvedType?.fullName, resolvedType.fullName)
      })
    }
  }
  for (const { name, values } of enums) {
    test(`the values of ${name}`, () => {
      const official = (officialOf(name) as protobuf.Enum).values
      for (const [value, number] of Object.entries(values)) assert.equal(official[value], number, value)
    })
  }
})

function shapeOf(field: protobuf.Field): object {
  const keyType = field instanceof protobuf.MapField ? field.keyType : undefined
  return { id: field.id, repeated: field.repeated, keyType, oneof: field.partOf?.name }
}
