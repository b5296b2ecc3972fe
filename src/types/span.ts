/// <reference lib="esnext.disposable" preserve="true" />
import type { TraceContext } from './context.ts'

/** A value that OTLP encodes natively. Anything else is turned into text when it is set. */
export type AttributeValue =
  | string
  | number
  | boolean
  | readonly (string | null | undefined)[]
  | readonly (number | null | undefined)[]
  | readonly (boolean | null | undefined)[]

/** Attributes by key. `null` and `undefined` are ignored, objects become JSON text. */
export interface Attributes {
  readonly [key: string]: unknown
}

/** Seconds and nanoseconds since the epoch. */
export type HrTime = readonly [seconds: number, nanoseconds: number]

/** A number is epoch milliseconds; below `performance.timeOrigin` it is a `performance.now()` reading. */
export type TimeInput = Date | number | HrTime

/** W3C `tracestate` list, immutable: `set` and `unset` return another one. */
export interface TraceState {
  get(key: string): string | undefined
  set(key: string, value: string): TraceState
  unset(key: string): TraceState
  serialize(): string
}

/** The part of a span that travels. `traceId` is 32, `spanId` 16 lower-case hex digits. */
export interface SpanContext {
  readonly traceId: string
  readonly spanId: string
  readonly traceFlags: number
  readonly isRemote?: boolean
  readonly traceState?: TraceState
}

/** A pointer to a span of this or another trace. */
export interface Link {
  readonly context: SpanContext
  readonly attributes?: Attributes
  readonly droppedAttributesCount?: number
}

/** The role of a span. The numbers are @opentelemetry/api's; OTLP's are one higher. */
export const SpanKind = { INTERNAL: 0, SERVER: 1, CLIENT: 2, PRODUCER: 3, CONSUMER: 4 } as const
export type SpanKind = 0 | 1 | 2 | 3 | 4

export const SpanStatusCode = { UNSET: 0, OK: 1, ERROR: 2 } as const
export type SpanStatusCode = 0 | 1 | 2

/** OK is final and beats ERROR; a message is kept with ERROR only. */
export interface SpanStatus {
  readonly code: SpanStatusCode
  readonly message?: string | undefined
}

/** One operation of a trace. No method throws; after `end()` they do nothing. */
export interface Span {
  spanContext(): SpanContext
  setAttribute(key: string, value: unknown): this
  setAttributes(attributes: Attributes): this
  addEvent(name: string, attributesOrTime?: Attributes | TimeInput, time?: TimeInput): this
  addLink(link: Link): this
  addLinks(links: readonly Link[]): this
  setStatus(status: SpanStatus): this
  updateName(name: string): this
  end(endTime?: TimeInput): void
  isRecording(): boolean
  /** Adds an `exception` event with type, message and stack (causes included). Does not set the status. */
  recordException(exception: unknown, time?: TimeInput): void
  /** `end()`: `using span = tracer.startSpan(…)` ends it with its block and never makes it current. */
  [Symbol.dispose](): void
}

export type SpanParent = SpanContext | TraceContext | { spanContext(): SpanContext }

export interface SpanOptions {
  /** Default `SpanKind.INTERNAL`. */
  readonly kind?: SpanKind | undefined
  readonly attributes?: Attributes | undefined
  readonly links?: readonly Link[] | undefined
  /** Default now. */
  readonly startTime?: TimeInput | undefined
  /** Default the current span; `null` starts a trace. */
  readonly parent?: SpanParent | null | undefined
  /** Starts a trace whatever `parent` says. */
  readonly root?: boolean | undefined
}

export interface JobOptions {
  /** Becomes `scene.id`. */
  readonly sceneId?: string | undefined
  readonly attributes?: Attributes | undefined
  readonly parent?: SpanParent | null | undefined
  readonly links?: readonly Link[] | undefined
}

/** Assignable to @opentelemetry/api's `Tracer`; its `context` argument is accepted and not used, which is said once at debug. */
export interface Tracer {
  /** Starts a span that the caller ends. It does not become current. */
  startSpan(name: string, options?: SpanOptions, context?: unknown): Span
  /** Runs `fn` with a new current span and, as in @opentelemetry/api, does not end it. */
  startActiveSpan<F extends (span: Span) => unknown>(name: string, fn: F): ReturnType<F>
  startActiveSpan<F extends (span: Span) => unknown>(name: string, options: SpanOptions, fn: F): ReturnType<F>
  startActiveSpan<F extends (span: Span) => unknown>(
    name: string,
    options: SpanOptions,
    context: unknown,
    fn: F,
  ): ReturnType<F>
  /** Runs `fn` with a new current span, ends it when `fn` returns or its promise settles, and records what it throws. */
  span<T>(name: string, fn: (span: Span) => T): T
  span<T>(name: string, options: SpanOptions, fn: (span: Span) => T): T
}

export interface TraceFunctionOptions {
  /** Default `Class.method` of the class that defines it, known from the first call's receiver, else the function's own. */
  readonly name?: string | undefined
  /** Default the calling file, relative to the working directory. */
  readonly module?: string | undefined
  /** Default `SpanKind.INTERNAL`. */
  readonly kind?: SpanKind | undefined
  /** Of every span; copied when the function is wrapped. They come before `function.name` and `function.module`. */
  readonly attributes?: Attributes | undefined
}

// biome-ignore lint/suspicious/noExplicitAny: with unknown or never, a callback without annotations would not compile.
export type AnyFunction = (this: any, ...args: any[]) => unknown

/** What `traceFunction()` gives: a decorator of methods, standard or legacy (`experimentalDecorators`). */
export interface TraceFunctionDecorator {
  // biome-ignore lint/suspicious/noExplicitAny: the parameters of F are not narrowed by what is said here.
  <This, F extends (this: This, ...args: any[]) => unknown>(method: F, context: ClassMethodDecoratorContext<This, F>): F
  <F extends AnyFunction>(
    target: object,
    key: string | symbol,
    descriptor: TypedPropertyDescriptor<F>,
  ): TypedPropertyDescriptor<F>
}
