import type { Attributes } from '../types/span.ts'

/** How many causes and members of an AggregateError are followed, in all. */
const MAX_ERRORS = 32
const MAX_STACK_LENGTH = 65_536

/** `exception.type`, `exception.message` and `exception.stacktrace` (semantic conventions, exceptions on spans). */
export function describeException(exception: unknown): Attributes {
  try {
    if (exception instanceof Error || isErrorLike(exception)) return describeError(exception)
    return { 'exception.type': typeName(exception), 'exception.message': String(exception) }
  } catch {
    return { 'exception.type': 'Error', 'exception.message': '[unreadable exception]' }
  }
}

/** The message that a failed span's status carries. */
export function exceptionMessage(exception: unknown): string {
  return String(describeException(exception)['exception.message'] ?? '')
}

interface ErrorLike {
  readonly name?: unknown
  readonly message: unknown
  readonly stack?: unknown
  readonly cause?: unknown
  readonly errors?: unknown
  readonly constructor?: { readonly name?: unknown }
}

function isErrorLike(exception: unknown): exception is ErrorLike {
  return typeof exception === 'object' && exception !== null && typeof (exception as ErrorLike).message === 'string'
}

function describeError(error: ErrorLike): Attributes {
  return {
    'exception.type': typeName(error),
    'exception.message': String(error.message),
    'exception.stacktrace': stackWithCauses(error).slice(0, MAX_STACK_LENGTH),
  }
}

function typeName(exception: unknown): string {
  if (typeof exception !== 'object' || exception === null) return typeof exception
  const { name } = exception as ErrorLike
  if (typeof name === 'string' && name !== '' && name !== 'Error') return name
  const className = (exception as ErrorLike).constructor?.name
  return typeof className === 'string' && className !== '' ? className : 'Error'
}

/** The stack, then the stack of each cause and member, as Node prints them. */
function stackWithCauses(error: unknown): string {
  const parts: string[] = []
  const seen = new Set<unknown>()
  const visit = (current: unknown, heading: string): void => {
    if (seen.has(current) || seen.size >= MAX_ERRORS) return
    seen.add(current)
    parts.push(heading + stackOf(current))
    if (!isErrorLike(current)) return
    if (Array.isArray(current.errors)) for (const member of current.errors) visit(member, 'Member: ')
    if (current.cause !== undefined) visit(current.cause, 'Caused by: ')
  }
  visit(error, '')
  return parts.join('\n')
}

function stackOf(error: unknown): string {
  if (!isErrorLike(error)) return String(error)
  if (typeof error.stack === 'string' && error.stack !== '') return error.stack
  return `${typeName(error)}: ${String(error.message)}`
}
