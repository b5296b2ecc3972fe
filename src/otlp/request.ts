import { byteTarget, ProtobufWriter } from '../wire/protobuf-writer.ts'
import { varintSize } from '../wire/varint.ts'
import { EXPORT_TRACE_SERVICE_REQUEST, RESOURCE_SPANS } from './fields.ts'
import type { RequestFrame } from './request-frame.ts'

const REQUEST_RESOURCE_SPANS = (EXPORT_TRACE_SERVICE_REQUEST.resourceSpans << 3) | 2
const SCOPE_SPANS_FIELD = (RESOURCE_SPANS.scopeSpans << 3) | 2

/** ExportTraceServiceRequest { ResourceSpans { resource, ScopeSpans { scope, spans } } } around encoded `spans` fields. */
export function encodeRequest(frame: RequestFrame, spans: Uint8Array): Uint8Array {
  const headSize = requestHeadSize(frame, spans.length)
  const out = new ProtobufWriter(byteTarget(new ArrayBuffer(headSize + spans.length)))
  writeRequestHead(out, frame, spans.length)
  out.raw(spans)
  return out.bytes
}

/** The same in the memory of `spans`, if there is room in front of them. Nothing but the head is written. */
export function encodeRequestInPlace(frame: RequestFrame, spans: Uint8Array<ArrayBuffer>): Uint8Array | undefined {
  const headSize = requestHeadSize(frame, spans.length)
  if (spans.byteOffset < headSize) return undefined
  const start = spans.byteOffset - headSize
  const out = new ProtobufWriter(byteTarget(spans.buffer))
  out.position = start
  writeRequestHead(out, frame, spans.length)
  return new Uint8Array(spans.buffer, start, headSize + spans.length)
}

/** An upper bound of what stands in front of the spans, however many they are. */
export function requestHeadBound(frame: RequestFrame): number {
  return requestHeadSize(frame, 2 ** 32)
}

function requestHeadSize(frame: RequestFrame, spansSize: number): number {
  const size = resourceSpansSize(frame, spansSize)
  return 1 + varintSize(size) + size - spansSize
}

function resourceSpansSize(frame: RequestFrame, spansSize: number): number {
  const scopeSpansSize = frame.scope.length + spansSize
  return frame.resource.length + 1 + varintSize(scopeSpansSize) + scopeSpansSize
}

function writeRequestHead(out: ProtobufWriter, frame: RequestFrame, spansSize: number): void {
  out.byte(REQUEST_RESOURCE_SPANS)
  out.varint(resourceSpansSize(frame, spansSize))
  out.raw(frame.resource)
  out.byte(SCOPE_SPANS_FIELD)
  out.varint(frame.scope.length + spansSize)
  out.raw(frame.scope)
}
