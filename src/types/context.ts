import type { SpanContext } from './span.ts'

declare const traceContextBrand: unique symbol

export interface BaggageEntry {
  readonly value: string
  readonly metadata?: string
}

/** Baggage to be added: pairs, or the properties of an object. `null` removes an entry. */
export type BaggageEntries =
  | Iterable<readonly [string, string | BaggageEntry | null]>
  | { readonly [key: string]: string | null }

/** What travels between processes: the remote span, baggage and the request id. */
export interface TraceContext {
  readonly spanContext: SpanContext | undefined
  readonly baggage: ReadonlyMap<string, BaggageEntry>
  readonly requestId: string | undefined
  readonly [traceContextBrand]?: never
}

/** The part of the fetch API's `Headers` that is needed here. */
export interface HeadersLike {
  get(name: string): string | null
  set(name: string, value: string): void
}

/** Something that headers are written to or read from. */
export type Carrier =
  | HeadersLike
  | Map<string, string>
  | { [name: string]: string | string[] | readonly string[] | undefined }
