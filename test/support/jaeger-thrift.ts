import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

/** A tag's value and the name of its type. */
export interface DecodedTag {
  readonly key: string
  readonly type: string
  readonly value: unknown
}
export interface DecodedSpan {
  readonly traceIdLow: bigint
  readonly traceIdHigh: bigint
  readonly spanId: bigint
  readonly parentSpanId: bigint
  readonly operationName: string
  readonly references?: readonly { refType: number; traceIdLow: bigint; traceIdHigh: bigint; spanId: bigint }[]
  readonly flags: number
  readonly startTime: bigint
  readonly duration: bigint
  readonly tags?: readonly DecodedTag[]
  readonly logs?: readonly { readonly timestamp: bigint; readonly fields: readonly DecodedTag[] }[]
}
export interface DecodedBatch {
  readonly process: { readonly serviceName: string; readonly tags?: readonly DecodedTag[] }
  readonly spans: readonly DecodedSpan[]
}

/** What is used of thriftrw, which reads an IDL and decodes the binary protocol. */
interface ThriftType {
  readonly name: string
  readonly valueType?: ThriftType
  readonly fieldsById?: Readonly<Record<number, { readonly name: string; readonly valueType: ThriftType }>>
  readonly fields?: readonly { readonly id: number; readonly name: string; readonly required: boolean }[]
  readonly namesToValues?: Readonly<Record<string, number>>
  readonly rw?: {
    readFrom(bytes: Buffer, at: number): { err?: Error; value: object; offset: number }
    toBuffer(value: object): { err?: Error; value: Buffer }
  }
}
export interface ThriftIdl {
  readonly models: Readonly<Record<string, ThriftType>>
}
/** What is used of Apache's thrift, which reads both protocols and no IDL. */
interface ThriftReader {
  readMessageBegin(): { readonly fname: string; readonly mtype: number; readonly rseqid: number }
  readStructBegin(): void
  readFieldBegin(): { readonly ftype: number; readonly fid: number }
  readListBegin(): { readonly size: number; readonly etype: number }
  readBool(): boolean
  readI32(): number
  readI64(): { readonly buffer: Buffer; readonly offset: number }
  readDouble(): number
  readString(): string
  readBinary(): Buffer
  readFieldEnd(): void
  readStructEnd(): void
  readListEnd(): void
}
interface ApacheThrift {
  readonly TCompactProtocol: new (transport: object) => ThriftReader
  readonly TBinaryProtocol: new (transport: object) => ThriftReader
  readonly TFramedTransport: new (bytes: Buffer) => { readonly readPos: number }
  readonly Thrift: {
    readonly Type: Readonly<Record<string, number>>
    readonly MessageType: { readonly ONEWAY: number }
  }
}

const require = createRequire(import.meta.url)
const apache = require('thrift') as ApacheThrift
const { Thrift } = require('thriftrw') as { readonly Thrift: new (options: object) => ThriftIdl }

export const officialIdl: ThriftIdl = parseIdl(
  join(dirname(require.resolve('jaeger-client/package.json')), 'dist/src/jaeger-idl/thrift/jaeger.thrift'),
)

export function parseIdl(file: string): ThriftIdl {
  return new Thrift({ source: readFileSync(file, 'utf8'), allowOptionalArguments: true })
}

/** One `emitBatch`, by Apache's reader and with the names of the official IDL. Throws on anything else, and on what is left over. */
export function decodeDatagram(datagram: Uint8Array, protocol: 'compact' | 'binary'): DecodedBatch {
  const { reader, transport } = openReader(datagram, protocol)
  const { fname, mtype, rseqid } = reader.readMessageBegin()
  assert.deepEqual([fname, mtype, rseqid], ['emitBatch', apache.Thrift.MessageType.ONEWAY, 0])
  const args = readStruct(reader, {
    name: 'emitBatch_args',
    fieldsById: { 1: { name: 'batch', valueType: typeOf('Batch') } },
  })
  assert.equal(transport.readPos, datagram.length)
  return args.batch as DecodedBatch
}

/** The body of an HTTP request. Apache's reader and thriftrw have to agree, and thriftrw has to write the same bytes. */
export function decodeBody(body: Uint8Array): DecodedBatch {
  const bytes = Buffer.from(body)
  const { reader, transport } = openReader(bytes, 'binary')
  const batch = readStruct(reader, typeOf('Batch'))
  assert.equal(transport.readPos, bytes.length)
  const { rw } = typeOf('Batch')
  const { err, value, offset } = rw!.readFrom(bytes, 0)
  assert.equal(err ?? undefined, undefined)
  assert.equal(offset, bytes.length)
  assert.deepEqual(rw!.toBuffer(value).value, bytes)
  return batch as unknown as DecodedBatch
}

/** Values by key; a later tag beats an earlier one, of which there must be none. */
export function tagRecord(tags: readonly DecodedTag[] = []): Record<string, unknown> {
  assert.equal(new Set(tags.map(({ key }) => key)).size, tags.length, 'no key twice')
  return Object.fromEntries(tags.map(({ key, value }) => [key, value]))
}

/** 64 bits as Jaeger has them, signed. */
export function signed(hex: string): bigint {
  return BigInt.asIntN(64, BigInt(`0x${hex}`))
}

function openReader(
  bytes: Uint8Array,
  protocol: 'compact' | 'binary',
): { reader: ThriftReader; transport: { readonly readPos: number } } {
  const transport = new apache.TFramedTransport(Buffer.from(bytes))
  const Protocol = protocol === 'compact' ? apache.TCompactProtocol : apache.TBinaryProtocol
  return { reader: new Protocol(transport), transport }
}

function typeOf(name: string): ThriftType {
  return officialIdl.models[name]!
}

function readStruct(reader: ThriftReader, type: ThriftType): Record<string, unknown> {
  const struct: Record<string, unknown> = {}
  reader.readStructBegin()
  for (let field = reader.readFieldBegin(); field.ftype !== apache.Thrift.Type.STOP; field = reader.readFieldBegin()) {
    const known = type.fieldsById![field.fid]
    assert.ok(known !== undefined, `${type.name} has no field ${field.fid}`)
    assert.ok(!(known.name in struct), `${type.name}.${known.name} comes twice`)
    struct[known.name] = readValue(reader, field.ftype, known.valueType)
    reader.readFieldEnd()
  }
  reader.readStructEnd()
  for (const { name, required } of type.fields ?? []) assert.ok(!required || name in struct, `${type.name}.${name}`)
  return type.name === 'Tag' ? { ...plainTag(struct) } : struct
}

function readValue(reader: ThriftReader, wireType: number, type: ThriftType): unknown {
  const { Type } = apache.Thrift
  const expect = (expected: number | undefined): void => assert.equal(wireType, expected, type.name)
  if (type.fieldsById !== undefined) {
    expect(Type.STRUCT)
    return readStruct(reader, type)
  }
  if (type.namesToValues !== undefined) {
    expect(Type.I32)
    return reader.readI32()
  }
  switch (type.name) {
    case 'boolean':
      expect(Type.BOOL)
      return reader.readBool()
    case 'i32':
      expect(Type.I32)
      return reader.readI32()
    case 'i64': {
      expect(Type.I64)
      const { buffer, offset } = reader.readI64()
      return buffer.readBigInt64BE(offset)
    }
    case 'double':
      expect(Type.DOUBLE)
      return reader.readDouble()
    case 'string':
      expect(Type.STRING)
      return reader.readString()
    case 'binary':
      expect(Type.STRING)
      return new Uint8Array(reader.readBinary())
    default:
      expect(Type.LIST)
      return readList(reader, type.valueType!)
  }
}

function readList(reader: ThriftReader, type: ThriftType): unknown[] {
  const { size, etype } = reader.readListBegin()
  const list = Array.from({ length: size }, () => readValue(reader, etype, type))
  reader.readListEnd()
  return list
}

const VALUE_FIELDS = ['vStr', 'vDouble', 'vBool', 'vLong', 'vBinary']
const TYPE_NAMES = ['STRING', 'DOUBLE', 'BOOL', 'LONG', 'BINARY']

/** Just the one value that its type names must be there. */
function plainTag({ key, vType, ...values }: Record<string, unknown>): DecodedTag {
  const field = VALUE_FIELDS[vType as number]!
  assert.deepEqual(Object.keys(values), [field], String(key))
  return { key: String(key), type: TYPE_NAMES[vType as number]!, value: values[field] }
}
