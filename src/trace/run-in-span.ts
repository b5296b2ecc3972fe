import { type Span, SpanStatusCode } from '../types/span.ts'
import { runInContext } from './context.ts'
import { exceptionMessage } from './exception.ts'
import { NOOP_SPAN, type NonRecordingSpan } from './non-recording-span.ts'
import type { RecordingSpan } from './recording-span.ts'

/**
 * Runs `fn` with `span` current and ends the span when `fn` returns, throws, or its native promise settles. Another thenable
 * is returned untouched and the span ends at once, since calling its `then` may start work that nobody asked for.
 */
export function runInSpan<T>(span: RecordingSpan | NonRecordingSpan, fn: (span: Span) => T): T {
  if (span === NOOP_SPAN) return fn(span)
  let result: T
  try {
    result = runInContext(span, fn, span)
  } catch (error) {
    endWithError(span, error)
    throw error
  }
  if (isNativePromise(result)) return endWithPromise(span, result) as T
  span.end()
  return result
}

/** Also a promise may be lazy, if its class has a `then` of its own. */
export function isNativePromise(result: unknown): result is Promise<unknown> {
  try {
    return result instanceof Promise && result.then === Promise.prototype.then
  } catch {
    return false
  }
}

/**
 * The returned promise settles as the given one does: a rejection that nobody handles stays unhandled. A promise that cannot be
 * chained, such as one whose class has a constructor of another form, is returned as it is, and the span ends at once.
 */
function endWithPromise<T>(span: Span, promise: Promise<T>): Promise<T> {
  try {
    return chain(span, promise)
  } catch {
    span.end()
    return promise
  }
}

function chain<T>(span: Span, promise: Promise<T>): Promise<T> {
  return promise.then(
    value => {
      span.end()
      return value
    },
    error => {
      endWithError(span, error)
      throw error
    },
  )
}

export function endWithError(span: Span, error: unknown): void {
  markError(span, error)
  span.end()
}

/** Status ERROR with the error's message, and an exception event. */
export function markError(span: Span, error: unknown): void {
  if (!span.isRecording()) return
  span.recordException(error)
  span.setStatus({ code: SpanStatusCode.ERROR, message: exceptionMessage(error) })
}
