import type { SpanContext } from '../types/span.ts'
import type { HeaderName, ReadableCarrier, SetHeader } from './carrier.ts'
import type { IncomingTrace, SamplingDecision } from './sampling.ts'

/** One way to write a trace into headers. */
export interface TraceFormat {
  /** All that it reads. */
  readonly headers: readonly HeaderName[]
  /** Those that `write` may leave alone: none may be left of another trace, so they are removed before any format writes. */
  readonly optional?: readonly HeaderName[]
  /** What the headers say; undefined where they are absent or malformed. Never throws. */
  read(carrier: ReadableCarrier): IncomingTrace | undefined
  /** The span is valid. */
  write(span: SpanContext, set: SetHeader): void
  /** Absent where the format has no decision without a parent. */
  writeDecision?(decision: SamplingDecision, set: SetHeader): void
}
