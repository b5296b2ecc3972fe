import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { writeBatchHead, writeSpan } from '../../src/exporters/jaeger-encode.ts'
import * as fields from '../../src/exporters/jaeger-fields.ts'
import { type JaegerSpan, type TagValue, toJaegerProcess, toJaegerSpan } from '../../src/exporters/jaeger-span.ts'
import type { SpanBatch } from '../../src/types/exporter.ts'
import { ThriftBinaryWriter } from '../../src/wire/thrift-binary-writer.ts'
import { ThriftCompactWriter } from '../../src/wire/thrift-compact-writer.ts'
import type { ThriftWriter } from '../../src/wire/thrift-writer.ts'
import { span as anySpan } from '../support/arbitraries-otlp.ts'
import { batchOf } from '../support/batch.ts'
import {
  type DecodedBatch,
  type DecodedSpan,
  type DecodedTag,
  decodeBody,
  decodeDatagram,
  officialIdl,
  parseIdl,
  signed,
} from '../support/jaeger-thrift.ts'

/** An `emitBatch`, less the batch. */
function writeMessage(out: ThriftWriter, writeBatch: (out: ThriftWriter) => void): Buffer {
  out.oneway(fields.EMIT_BATCH)
  out.begin()
  out.struct(fields.EMIT_BATCH_ARGS.batch)
  writeBatch(out)
  out.end()
  out.end()
  return Buffer.from(out.out.slice())
}

function writeBody(out: ThriftWriter, writeBatch: (out: ThriftWriter) => void): Buffer {
  out.begin()
  writeBatch(out)
  out.end()
  return Buffer.from(out.out.slice())
}

describe('the bytes of a span with what it must have and nothing else', () => {
  const span: JaegerSpan = {
    traceId: '00000000000000010000000000000002',
    spanId: '0000000000000003',
    parentSpanId: undefined,
    operationName: 'op',
    followsFrom: [],
    sampled: true,
    startUs: 1_700_000_000_000_000n,
    durationUs: 1_000n,
    tags: new Map(),
    logs: [],
  }
  const writeBatch = (out: ThriftWriter): void => {
    writeBatchHead(out, { serviceName: 'svc', tags: new Map() }, 1)
    writeSpan(out, span)
  }

  test('in a compact message', () => {
    assert.equal(
      writeMessage(new ThriftCompactWriter(16), writeBatch).toString('hex'),
      '82810009656d697442617463681c1c180373766300191c160416021606160018026f702502168080f2818389850616d00f000000',
    )
  })

  test('in the binary body of a request', () => {
    assert.equal(
      writeBody(new ThriftBinaryWriter(16), writeBatch).toString('hex'),
      '0c00010b000100000003737663000f00020c000000010a000100000000000000020a000200000000000000010a000300000000000000030a000400000000000000000b0005000000026f70080007000000010a000800060a24181e40000a000900000000000003e80000',
    )
  })

  test('in a binary message', () => {
    const { process, spans } = decodeDatagram(writeMessage(new ThriftBinaryWriter(16), writeBatch), 'binary')
    assert.deepEqual([process.serviceName, spans[0]!.operationName], ['svc', 'op'])
  })
})

describe('field ids', () => {
  const idls = {
    'proto/jaeger.thrift': parseIdl(fileURLToPath(new URL('../../proto/jaeger.thrift', import.meta.url))),
    'the official IDL': officialIdl,
  }
  const structs = { Tag: fields.TAG, Log: fields.LOG, SpanRef: fields.SPAN_REF, Span: fields.SPAN } as const
  const others = { Process: fields.PROCESS, Batch: fields.BATCH } as const
  for (const [name, { models }] of Object.entries(idls)) {
    for (const [struct, ids] of Object.entries({ ...structs, ...others })) {
      test(`of ${struct} are those of ${name}`, () => {
        const found = models[struct]!.fields!.map(field => [field.name, field.id])
        assert.deepEqual(Object.entries(ids), found)
      })
    }
    test(`the numbers of enums are those of ${name}`, () => {
      assert.deepEqual({ ...models.TagType!.namesToValues }, fields.TAG_TYPE)
      assert.deepEqual({ ...models.SpanRefType!.namesToValues }, fields.SPAN_REF_TYPE)
    })
  }

  test('of the argument are those of proto/jaeger.thrift, which has nothing that the official IDL has not', () => {
    const own = idls['proto/jaeger.thrift'].models
    assert.deepEqual(
      own[`Agent::${fields.EMIT_BATCH}_args`]!.fields!.map(({ name, id }) => [name, id]),
      Object.entries(fields.EMIT_BATCH_ARGS),
    )
    const describeStruct = (struct: (typeof own)[string]): unknown =>
      struct.fields?.map(({ id, name, required }) => [id, name, required])
    for (const name of Object.keys({ ...structs, ...others })) {
      assert.deepEqual(describeStruct(own[name]!), describeStruct(officialIdl.models[name]!))
    }
  })
})

describe('independent decoders read every field back', () => {
  const encoders: Readonly<Record<string, (batch: SpanBatch) => DecodedBatch>> = {
    'in a compact message': batch =>
      decodeDatagram(writeMessage(new ThriftCompactWriter(0), batchWriter(batch)), 'compact'),
    'in a binary message': batch =>
      decodeDatagram(writeMessage(new ThriftBinaryWriter(0), batchWriter(batch)), 'binary'),
    'in the body of a request': batch => decodeBody(writeBody(new ThriftBinaryWriter(0), batchWriter(batch))),
  }
  for (const [where, encode] of Object.entries(encoders)) {
    test(where, () => {
      fc.assert(
        fc.property(fc.array(anySpan, { maxLength: 20 }), spans => {
          const batch = batchOf(spans)
          const decoded = encode(batch)
          const expected = Array.from(batch.spans(), view => decodedForm(toJaegerSpan(view, batch.scope)))
          assert.deepEqual(decoded, { process: { serviceName: 'test' }, spans: expected })
        }),
        { numRuns: 60 },
      )
    })
  }
})

function batchWriter(batch: SpanBatch): (out: ThriftWriter) => void {
  return out => {
    writeBatchHead(out, toJaegerProcess(batch.resource), batch.count)
    for (const view of batch.spans()) writeSpan(out, toJaegerSpan(view, batch.scope))
  }
}

/** What a decoder must make of the span. */
function decodedForm(span: JaegerSpan): DecodedSpan {
  const logs = span.logs.map(({ timestampUs, fields }) => ({ timestamp: timestampUs, fields: decodedTags(fields) }))
  const references = span.followsFrom.map(link => ({
    refType: 1,
    ...traceIdHalves(link.traceId),
    spanId: signed(link.spanId),
  }))
  return {
    ...traceIdHalves(span.traceId),
    spanId: signed(span.spanId),
    parentSpanId: signed(span.parentSpanId ?? '0'),
    operationName: wellFormed(span.operationName),
    ...(references.length > 0 && { references }),
    flags: Number(span.sampled),
    startTime: span.startUs,
    duration: span.durationUs,
    tags: decodedTags(span.tags),
    ...(logs.length > 0 && { logs }),
  }
}

function traceIdHalves(traceId: string): { traceIdLow: bigint; traceIdHigh: bigint } {
  return { traceIdLow: signed(traceId.slice(16)), traceIdHigh: signed(traceId.slice(0, 16)) }
}

function decodedTags(tags: ReadonlyMap<string, TagValue>): DecodedTag[] {
  return Array.from(tags, ([key, value]) => ({ key: wellFormed(key), ...typed(value) }))
}

function typed(value: TagValue): { type: string; value: unknown } {
  if (typeof value === 'string') return { type: 'STRING', value: wellFormed(value) }
  if (typeof value === 'boolean') return { type: 'BOOL', value }
  if (typeof value === 'object') return { type: 'BINARY', value }
  const isWhole = typeof value === 'bigint' || Number.isSafeInteger(value)
  return isWhole ? { type: 'LONG', value: BigInt(value) } : { type: 'DOUBLE', value }
}

function wellFormed(text: string): string {
  return Buffer.from(text).toString()
}
