import { attributesBound, encode, type TakenAttributes, writeAttributes } from './attributes.ts'
import { EVENT, LINK, SPAN } from './fields.ts'
import type { StoredValue } from './values.ts'

const EVENT_FIELD = (SPAN.events << 3) | 2
const EVENT_TIME = (EVENT.timeUnixNano << 3) | 1
const EVENT_NAME = (EVENT.name << 3) | 2
const EVENT_ATTRIBUTE = (EVENT.attributes << 3) | 2
const EVENT_DROPPED = EVENT.droppedAttributesCount << 3

const LINK_FIELD = (SPAN.links << 3) | 2
const LINK_TRACE_ID = (LINK.traceId << 3) | 2
const LINK_SPAN_ID = (LINK.spanId << 3) | 2
const LINK_TRACE_STATE = (LINK.traceState << 3) | 2
const LINK_ATTRIBUTE = (LINK.attributes << 3) | 2
const LINK_DROPPED = LINK.droppedAttributesCount << 3
const LINK_FLAGS = (LINK.flags << 3) | 5

/** Bytes of an event or link without its text and attributes. */
const FIXED_BOUND = 96

/** The time is a 64-bit number of nanoseconds since the epoch, in two words. */
export interface TimedEvent {
  readonly name: string
  readonly timeLow: number
  readonly timeHigh: number
  readonly attributes: TakenAttributes
}

/** One whole `Span.events` field: Event { time 1, name 2, attributes 3, dropped 4 }. */
export function encodeEvent(event: TimedEvent): Uint8Array {
  const { entries, dropped } = event.attributes
  return encode(FIXED_BOUND + event.name.length * 3 + attributesBound(entries), out => {
    out.byte(EVENT_FIELD)
    const mark = out.open(1)
    out.byte(EVENT_TIME)
    out.fixed64(event.timeLow, event.timeHigh)
    out.byte(EVENT_NAME)
    out.string(event.name)
    writeAttributes(out, EVENT_ATTRIBUTE, entries)
    if (dropped !== 0) {
      out.byte(EVENT_DROPPED)
      out.varint(dropped)
    }
    out.close(mark, 1)
  })
}

/** The ids as bytes; `flags` with the is-remote bits. */
export interface LinkedSpan {
  readonly traceId: Uint8Array
  readonly spanId: Uint8Array
  readonly traceState: string
  readonly flags: number
  readonly entries: ReadonlyMap<string, StoredValue>
  readonly dropped: number
}

/** One whole `Span.links` field: Link { trace_id 1, span_id 2, trace_state 3, attributes 4, dropped 5, flags 6 }. */
export function encodeLink(link: LinkedSpan): Uint8Array {
  return encode(FIXED_BOUND + link.traceState.length * 3 + attributesBound(link.entries), out => {
    out.byte(LINK_FIELD)
    const mark = out.open(1)
    out.byte(LINK_TRACE_ID)
    out.varint(link.traceId.length)
    out.raw(link.traceId)
    out.byte(LINK_SPAN_ID)
    out.varint(link.spanId.length)
    out.raw(link.spanId)
    if (link.traceState !== '') {
      out.byte(LINK_TRACE_STATE)
      out.string(link.traceState)
    }
    writeAttributes(out, LINK_ATTRIBUTE, link.entries)
    if (link.dropped !== 0) {
      out.byte(LINK_DROPPED)
      out.varint(link.dropped)
    }
    out.byte(LINK_FLAGS)
    out.fixed32(link.flags)
    out.close(mark, 1)
  })
}
