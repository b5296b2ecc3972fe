import { exactRecordBound, recordBound, type SpanRecord, writeSpanRecord } from '../otlp/encode-span.ts'
import type { TakenFor } from '../otlp/take-value.ts'
import type { SpanLimits } from '../types/options.ts'
import type { ProtobufWriter } from '../wire/protobuf-writer.ts'
import { OpenSpans } from './open-spans.ts'
import { heedCallbacks, type Sampler } from './sampler.ts'
import type { SpanRedaction } from './span-redaction.ts'

/** Where the bytes of ended spans go. */
export interface SpanSink {
  /** Bounds up to here are taken as they are; a larger one is worth being measured exactly. */
  readonly largeBytes: number
  /** A writer with room for `bound` bytes, or undefined when the span has been dropped and counted. */
  reserve(bound: number): ProtobufWriter | undefined
  /** Takes what has been written since `reserve`, or drops and counts it. */
  commit(): void
  /** Drops and counts the span, with what has been written of it since `reserve`. */
  refuse(): void
}

/** Where there is a redactor, no text is cut when it is taken: a pattern that is to match has to see it whole. */
export interface RecordingLimits extends SpanLimits, TakenFor {}

/** What all spans of one set-up share. */
export interface Recorder {
  readonly sampler: Sampler
  readonly limits: RecordingLimits
  /** What happens to a span before it is encoded. */
  readonly redaction: SpanRedaction | undefined
  readonly sink: SpanSink
  readonly open: OpenSpans
  started: number
  unsampled: number
  /** Of the unsampled, those that have a parent. */
  unsampledChildren: number
  ended: number
}

/** More than the 2^29 - 24 characters of the longest text, and unlike Infinity compared as an integer, for every attribute. */
const UNLIMITED = 2 ** 30 - 1

export function createRecorder(
  sampler: Sampler,
  limits: SpanLimits,
  sink: SpanSink,
  redaction?: SpanRedaction,
): Recorder {
  const redactor = redaction?.redactor
  return {
    sampler: heedCallbacks(sampler, redactor),
    limits: {
      ...limits,
      attributeValueLength: redaction === undefined ? Math.min(limits.attributeValueLength, UNLIMITED) : UNLIMITED,
      redactor,
    },
    redaction,
    sink,
    open: new OpenSpans(),
    started: 0,
    unsampled: 0,
    unsampledChildren: 0,
    ended: 0,
  }
}

interface BoundedSpan extends SpanRecord {
  /** Of the text in its values. */
  readonly textBound: number
}

/** Encodes a span that ends now straight into the sink. */
export function writeSpan(sink: SpanSink, span: BoundedSpan, endLow: number, endHigh: number): void {
  let bound = recordBound(span, span.textBound)
  if (bound > sink.largeBytes) bound = exactRecordBound(span)
  try {
    const out = sink.reserve(bound)
    if (out === undefined) return
    writeSpanRecord(out, span, endLow, endHigh, bound)
    sink.commit()
  } catch {
    // Memory that is not to be had, or a record beyond its bound: the caller's program must not hear of it.
    sink.refuse()
  }
}
