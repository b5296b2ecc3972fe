import type { EventView, LinkView, SpanView } from '../types/exporter.ts'
import type { SpanKind, SpanStatusCode } from '../types/span.ts'
import { toHex } from '../wire/byte-text.ts'
import { ProtobufReader } from '../wire/protobuf-reader.ts'
import { EVENT, LINK, SCOPE_SPANS, SPAN, STATUS } from './fields.ts'
import { attributeRecord, readAttribute } from './read-attributes.ts'
import { FLAG_IS_REMOTE } from './span-flags.ts'

type Writable<T> = { -readonly [K in keyof T]: T[K] }

const W3C_FLAGS = 0xff

/**
 * Decodes `ScopeSpans.spans` fields laid end to end, one span a step. The views share no memory with `bytes`.
 * Throws a RangeError where the bytes are malformed.
 */
export function* readSpans(bytes: Uint8Array): IterableIterator<SpanView> {
  const reader = new ProtobufReader(bytes)
  while (reader.next()) {
    if (reader.field === SCOPE_SPANS.spans) yield readSpan(reader.message())
    else reader.skip()
  }
}

function readSpan(reader: ProtobufReader): SpanView {
  const attributes = attributeRecord()
  const events: EventView[] = []
  const links: LinkView[] = []
  const span: Writable<SpanView> = {
    traceId: '',
    spanId: '',
    parentSpanId: undefined,
    parentIsRemote: false,
    traceState: '',
    traceFlags: 0,
    name: '',
    kind: 0,
    startTimeUnixNano: 0n,
    endTimeUnixNano: 0n,
    attributes,
    events,
    links,
    status: { code: 0, message: '' },
    droppedAttributesCount: 0,
    droppedEventsCount: 0,
    droppedLinksCount: 0,
  }
  while (reader.next()) {
    if (reader.field === SPAN.attributes) readAttribute(reader.message(), attributes)
    else if (reader.field === SPAN.events) events.push(readEvent(reader.message()))
    else if (reader.field === SPAN.links) links.push(readLink(reader.message()))
    else readSingleField(reader, span)
  }
  return span
}

function readSingleField(reader: ProtobufReader, span: Writable<SpanView>): void {
  switch (reader.field) {
    case SPAN.traceId:
      span.traceId = toHex(reader.bytes())
      break
    case SPAN.spanId:
      span.spanId = toHex(reader.bytes())
      break
    case SPAN.parentSpanId:
      span.parentSpanId = toHex(reader.bytes()) || undefined
      break
    case SPAN.traceState:
      span.traceState = reader.text()
      break
    case SPAN.name:
      span.name = reader.text()
      break
    case SPAN.status:
      span.status = readStatus(reader.message())
      break
    default:
      readNumber(reader, span)
  }
}

function readNumber(reader: ProtobufReader, span: Writable<SpanView>): void {
  switch (reader.field) {
    case SPAN.kind:
      span.kind = spanKind(reader.varint())
      break
    case SPAN.startTimeUnixNano:
      span.startTimeUnixNano = reader.fixed64()
      break
    case SPAN.endTimeUnixNano:
      span.endTimeUnixNano = reader.fixed64()
      break
    case SPAN.flags:
      readFlags(reader.fixed32(), span)
      break
    case SPAN.droppedAttributesCount:
      span.droppedAttributesCount = reader.varint()
      break
    case SPAN.droppedEventsCount:
      span.droppedEventsCount = reader.varint()
      break
    case SPAN.droppedLinksCount:
      span.droppedLinksCount = reader.varint()
      break
    default:
      reader.skip()
  }
}

function readFlags(flags: number, span: Writable<SpanView>): void {
  span.traceFlags = flags & W3C_FLAGS
  span.parentIsRemote = (flags & FLAG_IS_REMOTE) !== 0
}

/** OTLP counts from 1; its UNSPECIFIED and unknown kinds are taken as internal. */
function spanKind(otlpKind: number): SpanKind {
  return otlpKind >= 1 && otlpKind <= 5 ? ((otlpKind - 1) as SpanKind) : 0
}

function statusCode(code: number): SpanStatusCode {
  return code === 1 || code === 2 ? code : 0
}

function readStatus(reader: ProtobufReader): SpanView['status'] {
  const status: Writable<SpanView['status']> = { code: 0, message: '' }
  while (reader.next()) {
    if (reader.field === STATUS.message) status.message = reader.text()
    else if (reader.field === STATUS.code) status.code = statusCode(reader.varint())
    else reader.skip()
  }
  return status
}

function readEvent(reader: ProtobufReader): EventView {
  const attributes = attributeRecord()
  const event: Writable<EventView> = { name: '', timeUnixNano: 0n, attributes, droppedAttributesCount: 0 }
  while (reader.next()) {
    if (reader.field === EVENT.timeUnixNano) event.timeUnixNano = reader.fixed64()
    else if (reader.field === EVENT.name) event.name = reader.text()
    else if (reader.field === EVENT.attributes) readAttribute(reader.message(), attributes)
    else if (reader.field === EVENT.droppedAttributesCount) event.droppedAttributesCount = reader.varint()
    else reader.skip()
  }
  return event
}

function readLink(reader: ProtobufReader): LinkView {
  const attributes = attributeRecord()
  const link: Writable<LinkView> = {
    traceId: '',
    spanId: '',
    traceState: '',
    traceFlags: 0,
    attributes,
    droppedAttributesCount: 0,
  }
  while (reader.next()) {
    if (reader.field === LINK.traceId) link.traceId = toHex(reader.bytes())
    else if (reader.field === LINK.spanId) link.spanId = toHex(reader.bytes())
    else if (reader.field === LINK.traceState) link.traceState = reader.text()
    else if (reader.field === LINK.flags) link.traceFlags = reader.fixed32() & W3C_FLAGS
    else if (reader.field === LINK.attributes) readAttribute(reader.message(), attributes)
    else if (reader.field === LINK.droppedAttributesCount) link.droppedAttributesCount = reader.varint()
    else reader.skip()
  }
  return link
}
