import type { SpanKind, SpanStatusCode } from './span.ts'

/** Moves one batch and classifies the outcome; the pipeline alone decides on retries. */
export interface Exporter {
  /** The line at start shows it; `stats()` and other lines go by the kind that the options gave. */
  readonly name: string
  /** Should settle soon after `signal` aborts, which it does at the request's timeout and at exit. */
  export(batch: SpanBatch, signal: AbortSignal): Promise<ExportResult> | ExportResult
  close?(): Promise<void> | void
}

export type ExportResult =
  /** The backend has taken the batch; `rejected` spans it refused, `tooLarge` spans the exporter could not fit. */
  | { readonly outcome: 'acked'; readonly rejected?: number; readonly tooLarge?: number; readonly message?: string }
  /** Handed over where no acknowledgement exists. */
  | { readonly outcome: 'sent'; readonly tooLarge?: number; readonly message?: string }
  /** To be tried again, after `afterMs` if given; the first `settled` spans are done. */
  | { readonly outcome: 'retry'; readonly message: string; readonly afterMs?: number; readonly settled?: number }
  /** The pipeline halves the batch and tries both halves. */
  | { readonly outcome: 'too_large'; readonly message: string }
  /** Final. */
  | { readonly outcome: 'rejected'; readonly message: string }

/** Makes an exporter of one's own in the export thread; the default export of its module. `options` are those of the set-up. */
export type ExporterFactory = (options: JsonValue | undefined) => Exporter | Promise<Exporter>

/** What JSON can hold; numbers are finite. */
export type JsonValue = string | number | boolean | null | readonly JsonValue[] | { readonly [key: string]: JsonValue }

export interface SpanBatch {
  readonly count: number
  readonly resource: ViewAttributes
  readonly scope: { readonly name: string; readonly version: string }
  /** `ScopeSpans.spans` fields (0x12, length, Span) end to end; valid until `export` settles, not to be written. */
  readonly bytes: Uint8Array
  /** A whole `ExportTraceServiceRequest` in a fresh buffer. */
  request(): Uint8Array
  /** The spans decoded, one at a time. */
  spans(): IterableIterator<SpanView>
}

/** A decoded attribute value; bigint only for whole numbers beyond 2^53. */
export type ViewValue =
  | string
  | boolean
  | number
  | bigint
  | Uint8Array
  | null
  | readonly ViewValue[]
  | { readonly [key: string]: ViewValue }

/** A null-prototype object, so that no key is special. */
export interface ViewAttributes {
  readonly [key: string]: ViewValue
}

export interface EventView {
  readonly name: string
  readonly timeUnixNano: bigint
  readonly attributes: ViewAttributes
  readonly droppedAttributesCount: number
}

export interface LinkView {
  readonly traceId: string
  readonly spanId: string
  readonly traceState: string
  readonly traceFlags: number
  readonly attributes: ViewAttributes
  readonly droppedAttributesCount: number
}

/** An ended span, decoded from its OTLP bytes. */
export interface SpanView {
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId: string | undefined
  readonly parentIsRemote: boolean
  readonly traceState: string
  readonly traceFlags: number
  readonly name: string
  readonly kind: SpanKind
  readonly startTimeUnixNano: bigint
  readonly endTimeUnixNano: bigint
  readonly attributes: ViewAttributes
  readonly events: readonly EventView[]
  readonly links: readonly LinkView[]
  readonly status: { readonly code: SpanStatusCode; readonly message: string }
  readonly droppedAttributesCount: number
  readonly droppedEventsCount: number
  readonly droppedLinksCount: number
}
