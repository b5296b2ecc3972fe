import { truncate } from '../otlp/take-value.ts'
import type { Attributes } from '../types/span.ts'

/** How many causes and members of an AggregateError are followed, in all. */
const MAX_ERRORS = 32
/** Of a message, of one stack and of all stacks together, in characters. */
const MAX_TEXT_LENGTH = 65_536
const UNREADABLE = '[unreadable exception]'

/** `exception.type`, `exception.message` and `exception.stacktrace` (semantic conventions, exceptions on spans). */
export function describeException(exception: unknown): Attributes {
  return {
    'exception.type': attempt(() => typeName(exception), 'Error'),
    'exception.message': exceptionMessage(exception),
    'exception.stacktrace': attempt(() => isErrorLike(exception), false) ? stackWithCauses(exception) : undefined,
  }
}

/** The message that a failed span's status carries. */
export function exceptionMessage(exception: unknown): string {
  return attempt(() => limit(String(isErrorLike(exception) ? exception.message : exception)), UNREADABLE)
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
  if (typeof name === 'string' && name !== '' && name !== 'Error') return limit(name)
  const className = (exception as ErrorLike).constructor?.name
  return typeof className === 'string' && className !== '' ? limit(className) : 'Error'
}

/** The stack, then the stack of each cause and member, under a heading as Java has it. What cannot be read ends the chain. */
function stackWithCauses(exception: unknown): string {
  const parts: string[] = []
  const seen = new Set<unknown>()
  const visit = (error: unknown, heading: string): void => {
    if (seen.has(error) || seen.size >= MAX_ERRORS) return
    seen.add(error)
    parts.push(heading + attempt(() => stackOf(error), UNREADABLE))
    if (!isErrorLike(error)) return
    if (Array.isArray(error.errors)) for (const member of error.errors.slice(0, MAX_ERRORS)) visit(member, 'Member: ')
    if (error.cause !== undefined) visit(error.cause, 'Caused by: ')
  }
  attempt(() => visit(exception, ''), undefined)
  return limit(parts.join('\n'))
}

function stackOf(error: unknown): string {
  if (!isErrorLike(error)) return limit(String(error))
  if (typeof error.stack === 'string' && error.stack !== '') return limit(error.stack)
  return `${typeName(error)}: ${exceptionMessage(error)}`
}

function limit(text: string): string {
  return truncate(text, MAX_TEXT_LENGTH)
}
