import { truncate } from '../otlp/truncate.ts'
import type { Attributes } from '../types/span.ts'

/** How many causes and members of an AggregateError are followed, in all. */
const MAX_ERRORS = 32
/** Of a message, of one stack and of all stacks together, in characters. */
export const MAX_EXCEPTION_LENGTH = 65_536
const UNREADABLE = '[unreadable exception]'

/** `exception.type`, `exception.message` and `exception.stacktrace` (semantic conventions, exceptions on spans). */
export function describeException(exception: unknown, maxLength: number = MAX_EXCEPTION_LENGTH): Attributes {
  const type = exceptionType(exception)
  const isError = attempt(() => isErrorLike(exception), false)
  return {
    'exception.type': truncate(type, maxLength),
    'exception.message': exceptionMessage(exception, maxLength),
    'exception.stacktrace': isError ? stackWithCauses(exception, maxLength) : undefined,
  }
}

/** What `exception.type` says. */
export function exceptionType(exception: unknown): string {
  return attempt(() => typeName(exception), 'Error')
}

/** The message that a failed span's status carries. */
export function exceptionMessage(exception: unknown, maxLength: number = MAX_EXCEPTION_LENGTH): string {
  return attempt(() => truncate(String(isErrorLike(exception) ? exception.message : exception), maxLength), UNREADABLE)
}

interface ErrorLike {
  readonly name?: unknown
  readonly message?: unknown
  readonly stack?: unknown
  readonly cause?: unknown
  readonly errors?: unknown
  readonly constructor?: { readonly name?: unknown }
}

/** What `read` answers: an exception is an object of the caller's and may throw itself when it is read. */
function attempt<T>(read: () => T, otherwise: T): T {
  try {
    return read()
  } catch {
    return otherwise
  }
}

function isErrorLike(exception: unknown): exception is ErrorLike {
  if (typeof exception !== 'object' || exception === null) return false
  return exception instanceof Error || typeof (exception as ErrorLike).message === 'string'
}

function typeName(exception: unknown): string {
  if (typeof exception !== 'object' || exception === null) return typeof exception
  const { name } = exception as ErrorLike
  if (typeof name === 'string' && name !== '' && name !== 'Error') return name
  const className = (exception as ErrorLike).constructor?.name
  return typeof className === 'string' && className !== '' ? className : 'Error'
}

/** The stack, then the stack of each cause and member, under a heading as Java has it. What cannot be read ends the chain. */
function stackWithCauses(exception: unknown, maxLength: number): string {
  const parts: string[] = []
  const seen = new Set<unknown>()
  const visit = (error: unknown, heading: string): void => {
    if (seen.has(error) || seen.size >= MAX_ERRORS) return
    seen.add(error)
    parts.push(heading + attempt(() => stackOf(error, maxLength), UNREADABLE))
    if (!isErrorLike(error)) return
    if (Array.isArray(error.errors)) for (const member of error.errors.slice(0, MAX_ERRORS)) visit(member, 'Member: ')
    if (error.cause !== undefined) visit(error.cause, 'Caused by: ')
  }
  attempt(() => visit(exception, ''), undefined)
  return truncate(parts.join('\n'), maxLength)
}

function stackOf(error: unknown, maxLength: number): string {
  if (!isErrorLike(error)) return truncate(String(error), maxLength)
  if (typeof error.stack === 'string' && error.stack !== '') return truncate(error.stack, maxLength)
  return `${truncate(typeName(error), maxLength)}: ${exceptionMessage(error, maxLength)}`
}
