import { toBase64, toHex } from '../wire/byte-text.ts'
import { ProtobufReader } from '../wire/protobuf-reader.ts'
import * as fields from './fields.ts'
import { MAX_VALUE_DEPTH } from './read-attributes.ts'

/** Turns the value of the current field into JSON text. `depth` counts the AnyValues around it. */
type ToJson = (reader: ProtobufReader, depth: number) => string

interface Rule {
  readonly toJson: ToJson
  readonly repeated: boolean
}

/** The rules of a message by field number, with the key as it stands in the text. */
type Schema = readonly ((Rule & { readonly key: string }) | undefined)[]

/** The names in fields.ts are the JSON names; every one needs a rule. */
type Rules<Numbers> = { readonly [Name in keyof Numbers]: ToJson | Rule }

const text: ToJson = reader => JSON.stringify(reader.text())
const boolean: ToJson = reader => (reader.varint() !== 0 ? 'true' : 'false')
const number32: ToJson = reader => String(reader.varint())
const fixed32: ToJson = reader => String(reader.fixed32())
const int64: ToJson = reader => `"${reader.int64()}"`
const fixed64: ToJson = reader => `"${reader.fixed64()}"`
const double: ToJson = reader => doubleText(reader.double())
const hex: ToJson = reader => `"${toHex(reader.bytes())}"`
const base64: ToJson = reader => `"${toBase64(reader.bytes())}"`

const anyValue: ToJson = (reader, depth) => anyValueText(reader.message(), depth)
const keyValue = message(fields.KEY_VALUE, { key: text, value: anyValue })

const anyValueSchema = schema(fields.ANY_VALUE, {
  stringValue: text,
  boolValue: boolean,
  intValue: int64,
  doubleValue: double,
  arrayValue: message(fields.ARRAY_VALUE, { values: repeated(anyValue) }),
  kvlistValue: message(fields.KEY_VALUE_LIST, { values: repeated(keyValue) }),
  bytesValue: base64,
})

const event = message(fields.EVENT, {
  timeUnixNano: fixed64,
  name: text,
  attributes: repeated(keyValue),
  droppedAttributesCount: number32,
})

const link = message(fields.LINK, {
  traceId: hex,
  spanId: hex,
  traceState: text,
  attributes: repeated(keyValue),
  droppedAttributesCount: number32,
  flags: fixed32,
})

const span = message(fields.SPAN, {
  traceId: hex,
  spanId: hex,
  traceState: text,
  parentSpanId: hex,
  name: text,
  kind: number32,
  startTimeUnixNano: fixed64,
  endTimeUnixNano: fixed64,
  attributes: repeated(keyValue),
  droppedAttributesCount: number32,
  events: repeated(event),
  droppedEventsCount: number32,
  links: repeated(link),
  droppedLinksCount: number32,
  status: message(fields.STATUS, { message: text, code: number32 }),
  flags: fixed32,
})

const scopeSpans = message(fields.SCOPE_SPANS, {
  scope: message(fields.INSTRUMENTATION_SCOPE, { name: text, version: text }),
  spans: repeated(span),
})

const resourceSpans = message(fields.RESOURCE_SPANS, {
  resource: message(fields.RESOURCE, { attributes: repeated(keyValue) }),
  scopeSpans: repeated(scopeSpans),
})

const request = schema(fields.EXPORT_TRACE_SERVICE_REQUEST, { resourceSpans: repeated(resourceSpans) })

/**
 * The OTLP JSON text, on one line, of an encoded ExportTraceServiceRequest or TracesData (OTLP spec, "JSON Protobuf
 * Encoding"). Goes from bytes to text, so that integers and doubles stay what they were. Fields that are not in
 * fields.ts are left out. Throws a RangeError where the bytes are malformed.
 */
export function requestToJson(bytes: Uint8Array): string {
  return objectText(new ProtobufReader(bytes), request, 0)
}

function repeated(toJson: ToJson): Rule {
  return { toJson, repeated: true }
}

function message<Numbers extends Record<string, number>>(numbers: Numbers, rules: Rules<Numbers>): ToJson {
  const nested = schema(numbers, rules)
  return (reader, depth) => objectText(reader.message(), nested, depth)
}

function schema<Numbers extends Record<string, number>>(numbers: Numbers, rules: Rules<Numbers>): Schema {
  const byNumber: (Schema[number] | undefined)[] = []
  for (const name in numbers) {
    const given: ToJson | Rule = rules[name]
    const rule = typeof given === 'function' ? { toJson: given, repeated: false } : given
    byNumber[numbers[name]!] = { key: `"${name}":`, ...rule }
  }
  return byNumber
}

/** Keys come in the order of their numbers; of a field that comes twice without being repeated the last one counts. */
function objectText(reader: ProtobufReader, rules: Schema, depth: number): string {
  const values: string[] = []
  while (reader.next()) {
    const number = reader.field
    const rule = rules[number]
    if (rule === undefined) {
      reader.skip()
      continue
    }
    const value = rule.toJson(reader, depth)
    values[number] = rule.repeated && values[number] !== undefined ? `${values[number]},${value}` : value
  }
  let members = ''
  for (let number = 1; number < values.length; number++) {
    const value = values[number]
    if (value === undefined) continue
    const rule = rules[number]!
    members += (members === '' ? '' : ',') + rule.key + (rule.repeated ? `[${value}]` : value)
  }
  return `{${members}}`
}

/** A oneof: the last member counts. Below MAX_VALUE_DEPTH levels it is empty. */
function anyValueText(reader: ProtobufReader, depth: number): string {
  let member = ''
  while (reader.next()) {
    const rule = depth > MAX_VALUE_DEPTH ? undefined : anyValueSchema[reader.field]
    if (rule === undefined) reader.skip()
    else member = rule.key + rule.toJson(reader, depth + 1)
  }
  return `{${member}}`
}

function doubleText(value: number): string {
  if (!Number.isFinite(value)) return `"${value}"`
  return Object.is(value, -0) ? '-0' : String(value)
}
