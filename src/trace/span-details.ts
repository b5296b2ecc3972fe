import { takeAttributes } from '../otlp/attributes.ts'
import type { SpanDetails } from '../otlp/encode-span.ts'
import { encodeEvent, encodeLink, type LinkedSpan, type TimedEvent } from '../otlp/event.ts'
import { truncate } from '../otlp/truncate.ts'
import type { Attributes, Link, SpanContext, SpanStatus } from '../types/span.ts'
import { timeHigh, timeLow } from './clock.ts'
import { hexToBytes } from './ids.ts'
import { flagsOf, takeSpanContext, traceStateText } from './parent.ts'
import type { RecordingLimits } from './recorder.ts'
import type { SpanRedaction } from './span-redaction.ts'

const UNSET = 0
const OK = 1
const ERROR = 2

/** Events, links and status of a span; most spans have none of them. */
export class DetailsRecord implements SpanDetails {
  readonly events: Uint8Array[] = []
  readonly links: Uint8Array[] = []
  bytes = 0
  /** Attributes of the span itself, counted here since few spans drop any. */
  droppedAttributes = 0
  droppedEvents = 0
  droppedLinks = 0
  statusCode: number = UNSET
  statusMessage = ''
  private readonly limits: RecordingLimits
  /** Events and links that `redact` has to see before they are encoded. */
  private readonly waiting: Waiting | undefined

  constructor(limits: RecordingLimits) {
    this.limits = limits
    this.waiting = limits.redactor === undefined ? undefined : { events: [], links: [] }
  }

  /** Adds an event at the time that the clock was last read. */
  addEvent(name: string, attributes: Attributes | undefined): void {
    const { eventCount, attributesPerEvent, attributeValueLength } = this.limits
    if ((this.waiting ?? this).events.length >= eventCount) {
      this.droppedEvents++
      return
    }
    const timed = { name, timeLow: timeLow(), timeHigh: timeHigh() }
    const taken = takeAttributes(attributes, attributesPerEvent, attributeValueLength, this.limits)
    const event = { ...timed, attributes: taken }
    if (this.waiting === undefined) this.keep(this.events, encodeEvent(event))
    else this.waiting.events.push(event)
  }

  /** A link to something that is no valid span context is ignored. */
  addLink(link: Link): void {
    const { context, attributes, droppedAttributesCount } = takeLink(link)
    if (context === undefined) return
    const { linkCount, attributesPerLink, attributeValueLength } = this.limits
    if ((this.waiting ?? this).links.length >= linkCount) {
      this.droppedLinks++
      return
    }
    const { entries, dropped } = takeAttributes(attributes, attributesPerLink, attributeValueLength, this.limits)
    const linked = {
      traceId: hexToBytes(context.traceId),
      spanId: hexToBytes(context.spanId),
      traceState: traceStateText(context),
      flags: flagsOf(context),
      entries,
      dropped: dropped + countOf(droppedAttributesCount),
    }
    if (this.waiting === undefined) this.keep(this.links, encodeLink(linked))
    else this.waiting.links.push(linked)
  }

  /** Ok is final, Error beats Unset, and only Error keeps a message (OTel trace API, "Set Status"). */
  setStatus(status: SpanStatus): void {
    const { code, message } = takeStatus(status)
    if (this.statusCode === OK || (code !== OK && code !== ERROR)) return
    this.statusCode = code
    this.statusMessage = code === ERROR && typeof message === 'string' ? this.limit(message) : ''
  }

  /** Encodes the events and links that have waited for it. To be called once, when nothing more is added. */
  redact(redaction: SpanRedaction): void {
    const { events = [], links = [] } = this.waiting ?? {}
    for (const event of events) this.keep(this.events, encodeEvent(redaction.event(event)))
    for (const link of links) this.keep(this.links, encodeLink(redaction.link(link)))
    this.statusMessage = redaction.status(this.statusMessage)
  }

  private limit(text: string): string {
    return truncate(text, this.limits.attributeValueLength)
  }

  private keep(list: Uint8Array[], encoded: Uint8Array): void {
    list.push(encoded)
    this.bytes += encoded.length
  }
}

interface Waiting {
  readonly events: TimedEvent[]
  readonly links: LinkedSpan[]
}

interface TakenLink {
  /** Undefined: not a link. */
  readonly context: SpanContext | undefined
  readonly attributes?: Attributes | undefined
  readonly droppedAttributesCount?: number | undefined
}

/** A caller's link, each field read once. */
function takeLink(link: Link): TakenLink {
  try {
    const { context, attributes, droppedAttributesCount } = link
    return { context: takeSpanContext(context), attributes, droppedAttributesCount }
  } catch {
    return { context: undefined }
  }
}

function takeStatus(status: SpanStatus): Partial<SpanStatus> {
  try {
    const { code, message } = status
    return { code, message }
  } catch {
    return {}
  }
}

function countOf(value: number | undefined): number {
  return typeof value === 'number' && value > 0 && value < 2 ** 32 ? Math.floor(value) : 0
}
