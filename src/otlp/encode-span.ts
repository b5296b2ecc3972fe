import type { ProtobufWriter } from '../wire/protobuf-writer.ts'
import { varintSize } from '../wire/varint.ts'
import { SCOPE_SPANS, SPAN, STATUS } from './fields.ts'
import type { Shape } from './shape.ts'
import { writeAttribute } from './span-attribute.ts'
import { type StoredValue, textSize } from './values.ts'
import { type WordBytes, writeWords } from './word-bytes.ts'

/** Which span it is, of which trace. Ids are little-endian 32-bit words. */
export interface SpanIdentity {
  readonly trace0: number
  readonly trace1: number
  readonly trace2: number
  readonly trace3: number
  readonly span0: number
  readonly span1: number
  readonly traceState: string
}

/** The data of a span, laid out as the tracer keeps it, all but its end. Times are little-endian 32-bit words like the ids. */
export interface SpanRecord extends SpanIdentity {
  /** Both 0: no parent. */
  readonly parent0: number
  readonly parent1: number
  readonly startLow: number
  readonly startHigh: number
  /** OTLP flags: the W3C byte and the is-remote bits. */
  readonly flags: number
  /** OTLP's number: 1 is internal. */
  readonly otlpKind: number
  /** Span.name, encoded. */
  readonly nameField: WordBytes
  readonly shape: Shape
  readonly values: readonly StoredValue[]
  readonly droppedAttributes: number
  readonly details: SpanDetails | undefined
}

/** What few spans have. Events and links are whole fields of Span, encoded when they were added. */
export interface SpanDetails {
  readonly events: readonly Uint8Array[]
  readonly links: readonly Uint8Array[]
  readonly bytes: number
  readonly droppedEvents: number
  readonly droppedLinks: number
  readonly statusCode: number
  readonly statusMessage: string
}

const SPANS = (SCOPE_SPANS.spans << 3) | 2
const TRACE_ID = (SPAN.traceId << 3) | 2
const SPAN_ID = (SPAN.spanId << 3) | 2
const TRACE_STATE = (SPAN.traceState << 3) | 2
const PARENT_SPAN_ID = (SPAN.parentSpanId << 3) | 2
const KIND = SPAN.kind << 3
const START = (SPAN.startTimeUnixNano << 3) | 1
const END = (SPAN.endTimeUnixNano << 3) | 1
const DROPPED_ATTRIBUTES = SPAN.droppedAttributesCount << 3
const DROPPED_EVENTS = SPAN.droppedEventsCount << 3
const DROPPED_LINKS = SPAN.droppedLinksCount << 3
const STATUS_FIELD = (SPAN.status << 3) | 2
const FLAGS = (SPAN.flags << 3) | 5
/** A varint of two bytes, as a word. */
const FLAGS_TAG = (FLAGS & 0x7f) | 0x80 | ((FLAGS >>> 7) << 8)
const STATUS_MESSAGE = (STATUS.message << 3) | 2
const STATUS_CODE = STATUS.code << 3

/** Tag and length of the record, ids, times, flags, kind, four counts and the status without its text, with room for `writeWords`. */
const FIXED_BOUND = 144

/** What a span takes of it that has a parent and no details. */
const USUAL_BYTES = 64
/** The least length that takes two bytes. */
const TWO_BYTES = 128

/** An upper bound of the record's bytes. `textBound` bounds the text of the attribute values. */
export function recordBound(span: SpanRecord, textBound: number): number {
  let bound = FIXED_BOUND + span.nameField.length + span.shape.bound + textBound + span.traceState.length * 3
  if (span.details !== undefined) bound += span.details.bytes + span.details.statusMessage.length * 3
  return bound
}

/** As `recordBound` with the text measured: for spans whose bound looks too large. */
export function exactRecordBound(span: SpanRecord): number {
  let text = 0
  for (let i = 0; i < span.shape.depth; i++) text += textSize(span.values[i]!)
  return recordBound(span, text)
}

/** Writes one `ScopeSpans.spans` field: tag, length, Span. `bound` is what the caller made room for. */
export function writeSpanRecord(
  out: ProtobufWriter,
  span: SpanRecord,
  endLow: number,
  endHigh: number,
  bound: number,
): void {
  out.byte(SPANS)
  const lengthSize = usualLengthSize(span, bound)
  const mark = out.open(lengthSize)
  writeIdentity(out, span, endLow, endHigh)
  writeWords(out, span.nameField)
  if (span.shape.depth !== 0) writeAttributes(out, span)
  if (span.droppedAttributes !== 0) writeCount(out, DROPPED_ATTRIBUTES, span.droppedAttributes)
  if (span.traceState !== '') {
    out.byte(TRACE_STATE)
    out.string(span.traceState)
  }
  if (span.details !== undefined) writeDetails(out, span.details)
  out.close(mark, lengthSize)
}

/**
 * How many bytes the record's length takes, as a rule: when its text is ASCII and its numbers are small. Where that proves wrong,
 * the span is moved, which costs a short one a third of its time in shared memory.
 */
function usualLengthSize(span: SpanRecord, bound: number): number {
  if (bound < FIXED_BOUND - USUAL_BYTES + TWO_BYTES) return 1
  const { nameField, shape, details } = span
  const least = USUAL_BYTES + nameField.length + shape.usualBytes
  if (least >= TWO_BYTES) return Math.max(2, varintSize(bound >> 2))
  const known = nameField.length + shape.bound + (details === undefined ? 0 : details.bytes)
  return varintSize(least + Math.floor((bound - FIXED_BOUND - known) / 3))
}

/** Span { trace_id 1, span_id 2, parent_span_id 4, kind 6, start 7, end 8, flags 16 }: what every span has. */
function writeIdentity(out: ProtobufWriter, span: SpanRecord, endLow: number, endHigh: number): void {
  const { view } = out
  let at = out.position
  view.setInt16(at, TRACE_ID | (16 << 8), true)
  view.setInt32(at + 2, span.trace0, true)
  view.setInt32(at + 6, span.trace1, true)
  view.setInt32(at + 10, span.trace2, true)
  view.setInt32(at + 14, span.trace3, true)
  view.setInt16(at + 18, SPAN_ID | (8 << 8), true)
  view.setInt32(at + 20, span.span0, true)
  view.setInt32(at + 24, span.span1, true)
  at += 28
  if ((span.parent0 | span.parent1) !== 0) {
    view.setInt16(at, PARENT_SPAN_ID | (8 << 8), true)
    view.setInt32(at + 2, span.parent0, true)
    view.setInt32(at + 6, span.parent1, true)
    at += 10
  }
  view.setInt16(at, KIND | (span.otlpKind << 8), true)
  view.setUint8(at + 2, START)
  view.setInt32(at + 3, span.startLow, true)
  view.setInt32(at + 7, span.startHigh, true)
  view.setUint8(at + 11, END)
  view.setInt32(at + 12, endLow, true)
  view.setInt32(at + 16, endHigh, true)
  view.setInt16(at + 20, FLAGS_TAG, true)
  view.setInt32(at + 22, span.flags, true)
  out.position = at + 26
}

function writeAttributes(out: ProtobufWriter, span: SpanRecord): void {
  const keys = span.shape.keys()
  const values = span.values
  for (let i = 0; i < keys.length; i++) writeAttribute(out, keys[i]!, values[i]!)
}

function writeDetails(out: ProtobufWriter, details: SpanDetails): void {
  for (const event of details.events) out.raw(event)
  if (details.droppedEvents !== 0) writeCount(out, DROPPED_EVENTS, details.droppedEvents)
  for (const link of details.links) out.raw(link)
  if (details.droppedLinks !== 0) writeCount(out, DROPPED_LINKS, details.droppedLinks)
  if (details.statusCode !== 0) writeStatus(out, details.statusCode, details.statusMessage)
}

function writeCount(out: ProtobufWriter, tag: number, count: number): void {
  out.byte(tag)
  out.varint(count)
}

/** Status { message 2, code 3 }. */
function writeStatus(out: ProtobufWriter, code: number, message: string): void {
  out.byte(STATUS_FIELD)
  const mark = out.open(1)
  if (message !== '') {
    out.byte(STATUS_MESSAGE)
    out.string(message)
  }
  out.byte(STATUS_CODE)
  out.byte(code)
  out.close(mark, 1)
}
