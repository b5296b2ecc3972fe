import type { Span } from '../types/span.ts'
import { activeContext } from './context.ts'
import { markError } from './run-in-span.ts'

/** The span that is current here, recorded or not. */
export function getCurrentSpan(): Span | undefined {
  return activeContext().currentSpan
}

/** Sets an attribute of the current span; does nothing without one. */
export function setTraceAttribute(key: string, value: unknown): void {
  getCurrentSpan()?.setAttribute(key, value)
}

/** Marks the current span as failed: status ERROR with the message, and an exception event. Does nothing without one. */
export function setTraceError(error: unknown): void {
  const span = getCurrentSpan()
  if (span !== undefined) markError(span, error)
}
