import { readFileSync } from 'node:fs'
import protobuf from 'protobufjs'
import protojson from 'protobufjs/ext/protojson.js'

/** proto/otlp.proto with reflection; proto.test.ts ties it to the official messages. */
export const otlpRoot: protobuf.Root = protobuf.parse(
  readFileSync(new URL('../../proto/otlp.proto', import.meta.url), 'utf8'),
).root
otlpRoot.resolveAll()

const Request = otlpRoot.lookupType('ExportTraceServiceRequest')
const ID_KEYS = new Set(['traceId', 'spanId', 'parentSpanId'])
const ENUM_KEYS = new Set(['kind', 'code'])

/** Encodes OTLP JSON by way of protobufjs's strict ProtoJSON parser, which refuses every key that it does not know. */
export function encodeOtlpJson(json: string): Uint8Array {
  const request = protojson.fromJson(Request, toProtoJson('', JSON.parse(json)))
  return new Uint8Array(Request.encode(request).finish())
}

/** OTLP JSON differs from ProtoJSON in two points: ids are lower-case hex and enums are integers. */
function toProtoJson(key: string, value: unknown): unknown {
  if (ID_KEYS.has(key)) {
    if (typeof value !== 'string' || !/^([0-9a-f]{2})*$/.test(value)) throw new Error(`${key} is not hex: ${value}`)
    return Buffer.from(value, 'hex').toString('base64')
  }
  if (ENUM_KEYS.has(key) && !Number.isInteger(value)) throw new Error(`${key} is not an integer: ${value}`)
  if (Array.isArray(value)) return value.map(element => toProtoJson('', element))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, toProtoJson(name, member)]))
}
