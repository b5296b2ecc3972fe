import { truncate } from '../otlp/truncate.ts'

/** Of a message, of one stack and of all stacks together, in characters. */
export const MAX_EXCEPTION_LENGTH = 65_536
export const UNREADABLE = '[unreadable exception]'

/** The message that a failed span's status carries. */
export function exceptionMessage(exception: unknown, maxLength: number = MAX_EXCEPTION_LENGTH): string {
  return attempt(() => truncate(String(isErrorLike(exception) ? exception.message : exception), maxLength), UNREADABLE)
}

export interface ErrorLike {
  readonly name?: unknown
  readonly message?: unknown
  readonly stack?: unknown
  readonly cause?: unknown
  readonly errors?: unknown
  readonly constructor?: { readonly name?: unknown }
}

/** What `read` answers: an exception is an object of the caller's and may throw itself when it is read. */
export function attempt<T>(read: () => T, otherwise: T): T {
  try {
    return read()
  } catch {
    return otherwise
  }
}

export function isErrorLike(exception: unknown): exception is ErrorLike {
  if (typeof exception !== 'object' || exception === null) return false
  return exception instanceof Error || typeof (exception as ErrorLike).message === 'string'
}
