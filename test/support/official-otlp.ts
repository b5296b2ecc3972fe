import root from '@opentelemetry/otlp-transformer/build/src/generated/root.js'

/** A message type of protobufjs's static code. */
export interface OfficialType {
  fromObject(object: object): object
  encode(message: object): { finish(): Uint8Array }
  decode(bytes: Uint8Array): object
  toObject(message: object, options: object): Record<string, unknown>
}

/** The official message under `opentelemetry.proto`, for example 'trace.v1.Span'. */
export function officialType(name: string): OfficialType {
  let node: unknown = (root as unknown as { opentelemetry: { proto: unknown } }).opentelemetry.proto
  for (const part of name.split('.')) node = (node as Record<string, unknown>)[part]
  if (typeof node !== 'function') throw new Error(`no official message ${name}`)
  return node as unknown as OfficialType
}

export const OfficialRequest: OfficialType = officialType('collector.trace.v1.ExportTraceServiceRequest')

export function officialEncode(type: OfficialType, object: object): Uint8Array {
  return new Uint8Array(type.encode(type.fromObject(object)).finish())
}

/** As plain data: 64-bit numbers as decimal text, bytes as base64, enums as numbers; with `defaults`, every field. */
export function officialDecode(type: OfficialType, bytes: Uint8Array, defaults = false): Record<string, unknown> {
  return type.toObject(type.decode(bytes), { longs: String, bytes: String, enums: Number, defaults })
}
