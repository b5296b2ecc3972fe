import type { SpanRecord } from '../otlp/encode-span.ts'
import { ENDED, type Shape, spanName } from '../otlp/shape.ts'
import { FLAG_IS_REMOTE } from '../otlp/span-flags.ts'
import type { StoredValue } from '../otlp/values.ts'
import type { WordBytes } from '../otlp/word-bytes.ts'
import type { Attributes, Link, Span, SpanContext, SpanKind, SpanStatus, TimeInput } from '../types/span.ts'
import type { Ambient } from './ambient.ts'
import { type AttributeSlots, NO_VALUES, recordAttribute, recordAttributes } from './attribute-recorder.ts'
import { type ClockAnchor, isTimeInput, readClock, readClockForRoot, readTime, timeHigh, timeLow } from './clock.ts'
import type { ActiveContext } from './context.ts'
import { describeException } from './describe-exception.ts'
import { MAX_EXCEPTION_LENGTH } from './exception.ts'
import { randomWords } from './ids.ts'
import type { OpenSpan } from './open-spans.ts'
import { contextOf, type ParentIdentity, recogniseSpans } from './parent.ts'
import { type Recorder, type RecordingLimits, writeSpan } from './recorder.ts'
import { DetailsRecord } from './span-details.ts'
import { textOf } from './text-of.ts'
import { KIND_SHIFT, OTLP_FLAGS, ROOT_FLAGS, SAMPLED } from './trace-flags.ts'

/** Far more than any span keeps; an array of four billion holes, or an iterator without end, must not hold the program. */
const MAX_LINKS_PER_CALL = 65_536

/**
 * A span that is recorded. Its fields are what the encoder reads at `end()`, flat, so that a span is one object; after that
 * its shape is ENDED and it keeps its identity only.
 */
export class RecordingSpan implements Span, ActiveContext, ParentIdentity, SpanRecord, AttributeSlots, OpenSpan {
  readonly trace0: number
  readonly trace1: number
  readonly trace2: number
  readonly trace3: number
  readonly span0: number
  readonly span1: number
  readonly parent0: number
  readonly parent1: number
  readonly traceState: string
  readonly anchor: ClockAnchor
  readonly ambient: Ambient
  startLow = 0
  startHigh = 0
  nameField: WordBytes
  shape: Shape
  values: StoredValue[] = NO_VALUES
  textBound = 0
  details: DetailsRecord | undefined = undefined
  previous: OpenSpan | undefined = undefined
  following: OpenSpan | undefined = undefined
  private readonly recorder: Recorder
  /** In one word, as each field is eight bytes for the garbage collector. */
  private readonly kindAndFlags: number
  private context: SpanContext | undefined = undefined

  /** `random` is the index of the new ids in `randomWords`: two words below a parent, six at a root. */
  constructor(
    recorder: Recorder,
    name: string,
    kind: SpanKind,
    random: number,
    parent: ParentIdentity | undefined,
    ambient: Ambient,
  ) {
    const words = randomWords
    this.recorder = recorder
    this.ambient = ambient
    const otlpKind = (kind + 1) << KIND_SHIFT
    this.span0 = words[random]!
    this.span1 = words[random + 1]!
    if (parent === undefined) {
      this.trace0 = words[random + 2]!
      this.trace1 = words[random + 3]!
      this.trace2 = words[random + 4]!
      this.trace3 = words[random + 5]!
      this.parent0 = 0
      this.parent1 = 0
      this.kindAndFlags = otlpKind | ROOT_FLAGS
      this.traceState = ''
      this.anchor = readClockForRoot()
    } else {
      this.trace0 = parent.trace0
      this.trace1 = parent.trace1
      this.trace2 = parent.trace2
      this.trace3 = parent.trace3
      this.parent0 = parent.span0
      this.parent1 = parent.span1
      this.kindAndFlags = otlpKind | (parent.childFlags & OTLP_FLAGS) | SAMPLED
      this.traceState = parent.traceState
      this.anchor = parent.anchor ?? readClockForRoot()
      if (parent.anchor !== undefined) readClock(parent.anchor)
    }
    this.startLow = timeLow()
    this.startHigh = timeHigh()
    const known = spanName(name)
    this.nameField = known.field
    this.shape = known.shape
    recorder.open.add(this)
  }

  get limits(): RecordingLimits {
    return this.recorder.limits
  }

  get currentSpan(): Span {
    return this
  }

  get identity(): ParentIdentity {
    return this
  }

  get otlpKind(): number {
    return this.kindAndFlags >>> KIND_SHIFT
  }

  get flags(): number {
    return this.kindAndFlags & OTLP_FLAGS
  }

  /** OTLP flags of a child of this span, whose parent is not remote. */
  get childFlags(): number {
    return this.kindAndFlags & OTLP_FLAGS & ~FLAG_IS_REMOTE
  }

  get droppedAttributes(): number {
    return this.details === undefined ? 0 : this.details.droppedAttributes
  }

  set droppedAttributes(count: number) {
    this.ensureDetails().droppedAttributes = count
  }

  spanContext(): SpanContext {
    this.context ??= contextOf(this)
    return this.context
  }

  isRecording(): boolean {
    return this.shape !== ENDED
  }

  setAttribute(key: string, value: unknown): this {
    recordAttribute(this, key, value)
    return this
  }

  setAttributes(attributes: Attributes): this {
    recordAttributes(this, attributes)
    return this
  }

  addEvent(name: string, attributesOrTime?: Attributes | TimeInput, time?: TimeInput): this {
    if (this.shape === ENDED) return this
    const text = textOf(name)
    const timeGiven = isTimeInput(attributesOrTime)
    readTime(timeGiven ? attributesOrTime : time, this.anchor)
    this.ensureDetails().addEvent(text, timeGiven ? undefined : attributesOrTime)
    return this
  }

  recordException(exception: unknown, time?: TimeInput): void {
    const maxLength = this.recorder.redaction === undefined ? MAX_EXCEPTION_LENGTH : Number.POSITIVE_INFINITY
    this.addEvent('exception', describeException(exception, maxLength), time)
  }

  addLink(link: Link): this {
    if (this.shape !== ENDED && typeof link === 'object' && link !== null) this.ensureDetails().addLink(link)
    return this
  }

  addLinks(links: readonly Link[]): this {
    try {
      const count = Array.isArray(links) ? Math.min(links.length, MAX_LINKS_PER_CALL) : 0
      for (let index = 0; index < count; index++) this.addLink(links[index]!)
    } catch {
      // A proxy of an array, which throws when it is read.
    }
    return this
  }

  setStatus(status: SpanStatus): this {
    if (this.shape !== ENDED && typeof status === 'object' && status !== null) this.ensureDetails().setStatus(status)
    return this
  }

  /** The attributes stay in the shapes of the first name: only their keys matter there. */
  updateName(name: string): this {
    if (this.shape !== ENDED) this.nameField = spanName(textOf(name)).field
    return this
  }

  /** Sets a start that is not now; the caller has just constructed the span. */
  startAt(time: TimeInput): void {
    readTime(time, this.anchor)
    this.startLow = timeLow()
    this.startHigh = timeHigh()
  }

  end(endTime?: TimeInput): void {
    if (endTime === undefined) readClock(this.anchor)
    else readTime(endTime, this.anchor)
    // Only now: reading a caller's Date runs the caller's code, which may end this span.
    if (this.shape === ENDED) return
    let endLow = timeLow()
    let endHigh = timeHigh()
    if (this.startsAfter(endLow, endHigh)) {
      endLow = this.startLow
      endHigh = this.startHigh
    }
    const { recorder } = this
    // Before anything is counted: where the stack is too short for it, the span is still open.
    if (recorder.redaction === undefined) writeSpan(recorder.sink, this, endLow, endHigh)
    else recorder.redaction.write(recorder.sink, this, endLow, endHigh)
    this.shape = ENDED
    this.values = NO_VALUES
    this.details = undefined
    recorder.open.remove(this)
    recorder.ended++
  }

  [Symbol.dispose](): void {
    this.end()
  }

  private startsAfter(low: number, high: number): boolean {
    return high === this.startHigh ? low >>> 0 < this.startLow >>> 0 : high < this.startHigh
  }

  private ensureDetails(): DetailsRecord {
    this.details ??= new DetailsRecord(this.recorder.limits)
    return this.details
  }
}

recogniseSpans(RecordingSpan.prototype)
