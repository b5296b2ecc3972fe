import type { Span, SpanOptions, Tracer } from '../types/span.ts'
import { runInContext } from './context.ts'
import { NOOP_SPAN } from './non-recording-span.ts'
import { sayOnce } from './notices.ts'
import { runInSpan } from './run-in-span.ts'
import type { SpanSource } from './span-source.ts'

type SpanCallback = (span: Span) => unknown

/** The public tracer over a set-up, or over whichever is present when a span is started. */
export class SourceTracer implements Tracer {
  private readonly source: () => SpanSource

  constructor(source: () => SpanSource) {
    this.source = source
  }

  startSpan(name: string, options?: SpanOptions, context?: unknown): Span {
    if (context !== undefined) noteUnusedContext()
    return this.source().start(name, options)
  }

  startActiveSpan<F extends SpanCallback>(
    name: string,
    second: unknown,
    third?: unknown,
    fourth?: unknown,
  ): ReturnType<F> {
    if (fourth !== undefined && third !== undefined) noteUnusedContext()
    const span = this.source().start(name, optionsOf(second))
    const fn = (fourth ?? third ?? second) as SpanCallback
    return (span === NOOP_SPAN ? fn(span) : runInContext(span, fn, span)) as ReturnType<F>
  }

  span<T>(name: string, second: unknown, third?: unknown): T {
    return runInSpan(this.source().start(name, optionsOf(second)), (third ?? second) as (span: Span) => T)
  }
}

/** A context of @opentelemetry/api holds spans of another tracer. */
function noteUnusedContext(): void {
  sayOnce('context argument', 'debug', UNUSED_CONTEXT)
}

const UNUSED_CONTEXT =
  'a context was given to startSpan or startActiveSpan and is not used: the current span is the parent; `parent` in the options sets another one'

/** The argument before the callback, if it is one. */
function optionsOf(argument: unknown): SpanOptions | undefined {
  return typeof argument === 'object' && argument !== null ? argument : undefined
}
