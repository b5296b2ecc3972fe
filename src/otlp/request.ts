import type { Redactor } from '../redaction/redactor.ts'
import type { ViewAttributes } from '../types/exporter.ts'
import type { Attributes } from '../types/span.ts'
import { ProtobufReader } from '../wire/protobuf-reader.ts'
import { byteTarget, ProtobufWriter } from '../wire/protobuf-writer.ts'
import { varintSize } from '../wire/varint.ts'
import { attributesBound, encode, takeAttributes, writeAttributes } from './attributes.ts'
import { EXPORT_TRACE_SERVICE_REQUEST, INSTRUMENTATION_SCOPE, RESOURCE, RESOURCE_SPANS, SCOPE_SPANS } from './fields.ts'
import { readAttributes } from './read-attributes.ts'
import { redactAttributes } from './redact.ts'

const REQUEST_RESOURCE_SPANS = (EXPORT_TRACE_SERVICE_REQUEST.resourceSpans << 3) | 2
const RESOURCE_FIELD = (RESOURCE_SPANS.resource << 3) | 2
const SCOPE_SPANS_FIELD = (RESOURCE_SPANS.scopeSpans << 3) | 2
const RESOURCE_ATTRIBUTE = (RESOURCE.attributes << 3) | 2
const SCOPE_FIELD = (SCOPE_SPANS.scope << 3) | 2
const SCOPE_NAME = (INSTRUMENTATION_SCOPE.name << 3) | 2
const SCOPE_VERSION = (INSTRUMENTATION_SCOPE.version << 3) | 2

/** What all batches of one set-up share, encoded once. */
export interface RequestFrame {
  /** `ResourceSpans.resource`, the whole field. */
  readonly resource: Uint8Array
  /** `ScopeSpans.scope`, the whole field. */
  readonly scope: Uint8Array
}

/** Attributes of a resource are exempt from limits (OTel spec, common/README "Attribute limits"). */
export function createRequestFrame(
  resource: Attributes,
  scope: { name: string; version: string },
  redactor?: Redactor,
): RequestFrame {
  return { resource: encodeResource(resource, redactor), scope: encodeScope(scope) }
}

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

function encodeResource(resource: Attributes, redactor: Redactor | undefined): Uint8Array {
  const maxLength = Number.POSITIVE_INFINITY
  const taken = takeAttributes(resource, Number.POSITIVE_INFINITY, maxLength, { redactor })
  const { entries } = redactor === undefined ? taken : redactAttributes({ redactor, maxLength }, 'attribute', taken)
  return encode(attributesBound(entries) + 16, out => {
    out.byte(RESOURCE_FIELD)
    const mark = out.open(2)
    writeAttributes(out, RESOURCE_ATTRIBUTE, entries)
    out.close(mark, 2)
  })
}

function encodeScope(scope: { name: string; version: string }): Uint8Array {
  return encode(scope.name.length * 3 + scope.version.length * 3 + 64, out => {
    out.byte(SCOPE_FIELD)
    const mark = out.open(1)
    out.byte(SCOPE_NAME)
    out.string(scope.name)
    out.byte(SCOPE_VERSION)
    out.string(scope.version)
    out.close(mark, 1)
  })
}

/** The attributes of the frame's resource, decoded. */
export function readResource(frame: RequestFrame): ViewAttributes {
  const reader = new ProtobufReader(frame.resource)
  reader.next()
  return readAttributes(reader.message(), RESOURCE.attributes)
}
