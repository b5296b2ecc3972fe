import { truncate } from '../otlp/truncate.ts'
import type { Attributes } from '../types/span.ts'
import {
  attempt,
  type ErrorLike,
  exceptionMessage,
  isErrorLike,
  MAX_EXCEPTION_LENGTH,
  UNREADABLE,
} from './exception.ts'

/** How many causes and members of an AggregateError are followed, in all. */
const MAX_ERRORS = 32

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
