import type { ThriftWriter } from '../wire/thrift-writer.ts'
import { BATCH, LOG, PROCESS, SPAN, SPAN_REF, SPAN_REF_TYPE, TAG, TAG_TYPE } from './jaeger-fields.ts'
import type { JaegerLog, JaegerProcess, JaegerSpan, Tags, TagValue } from './jaeger-span.ts'

const NO_ID = '0000000000000000'

/** Begins a Batch, which its caller has begun as a struct: `count` spans and its end come next. */
export function writeBatchHead(out: ThriftWriter, process: JaegerProcess, count: number): void {
  out.struct(BATCH.process)
  out.text(PROCESS.serviceName, process.serviceName)
  if (process.tags.size > 0) writeTags(out, PROCESS.tags, process.tags)
  out.end()
  out.structs(BATCH.spans, count)
}

/** Writes one element of a list of spans. It does not depend on what is written before, so that it can be put anywhere. */
export function writeSpan(out: ThriftWriter, span: JaegerSpan): void {
  out.begin()
  writeId(out, SPAN.traceIdLow, span.traceId, 16)
  writeId(out, SPAN.traceIdHigh, span.traceId, 0)
  writeId(out, SPAN.spanId, span.spanId, 0)
  writeId(out, SPAN.parentSpanId, span.parentSpanId ?? NO_ID, 0)
  out.text(SPAN.operationName, span.operationName)
  if (span.followsFrom.length > 0) writeReferences(out, span.followsFrom)
  out.i32(SPAN.flags, span.sampled ? 1 : 0)
  out.i64(SPAN.startTime, span.startUs)
  out.i64(SPAN.duration, span.durationUs)
  if (span.tags.size > 0) writeTags(out, SPAN.tags, span.tags)
  if (span.logs.length > 0) writeLogs(out, span.logs)
  out.end()
}

/** The 64 bits that the sixteen hex digits at `at` stand for. */
function writeId(out: ThriftWriter, id: number, hex: string, at: number): void {
  out.words(id, Number.parseInt(hex.slice(at, at + 8), 16), Number.parseInt(hex.slice(at + 8, at + 16), 16))
}

function writeReferences(out: ThriftWriter, references: JaegerSpan['followsFrom']): void {
  out.structs(SPAN.references, references.length)
  for (const { traceId, spanId } of references) {
    out.begin()
    out.i32(SPAN_REF.refType, SPAN_REF_TYPE.FOLLOWS_FROM)
    writeId(out, SPAN_REF.traceIdLow, traceId, 16)
    writeId(out, SPAN_REF.traceIdHigh, traceId, 0)
    writeId(out, SPAN_REF.spanId, spanId, 0)
    out.end()
  }
}

function writeLogs(out: ThriftWriter, logs: readonly JaegerLog[]): void {
  out.structs(SPAN.logs, logs.length)
  for (const { timestampUs, fields } of logs) {
    out.begin()
    out.i64(LOG.timestamp, timestampUs)
    writeTags(out, LOG.fields, fields)
    out.end()
  }
}

function writeTags(out: ThriftWriter, id: number, tags: Tags): void {
  out.structs(id, tags.size)
  for (const [key, value] of tags) {
    out.begin()
    out.text(TAG.key, key)
    writeValue(out, value)
    out.end()
  }
}

function writeValue(out: ThriftWriter, value: TagValue): void {
  if (typeof value === 'string') {
    out.i32(TAG.vType, TAG_TYPE.STRING)
    out.text(TAG.vStr, value)
  } else if (typeof value === 'boolean') {
    out.i32(TAG.vType, TAG_TYPE.BOOL)
    out.bool(TAG.vBool, value)
  } else if (typeof value === 'object') {
    out.i32(TAG.vType, TAG_TYPE.BINARY)
    out.binary(TAG.vBinary, value)
  } else if (typeof value === 'bigint' || Number.isSafeInteger(value)) {
    out.i32(TAG.vType, TAG_TYPE.LONG)
    out.i64(TAG.vLong, value)
  } else {
    out.i32(TAG.vType, TAG_TYPE.DOUBLE)
    out.double(TAG.vDouble, value)
  }
}
