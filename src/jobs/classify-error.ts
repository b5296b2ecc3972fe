import type { DeadLetterErrorDetails, JsonObject } from '../types/jobs.ts'
import { type ErrorClass, STRONG_SIGNS, UNKNOWN, WEAK_SIGNS } from './error-table.ts'
import { isJobExit } from './job-exit.ts'
import { isRecord, read } from './read.ts'

/** Causes and members that are looked at, in all. */
const MAX_ERRORS = 32
const MAX_CONTEXT_CHARACTERS = 1_024
const CONTEXT_FIELDS = ['code', 'errno', 'syscall', 'path', 'dest', 'hostname', 'address', 'port'] as const

/** Category, severity and retryable from the error table: the first sign of the error, its causes and members that is in it. */
export function classifyError(error: unknown): DeadLetterErrorDetails {
  const signs = errorsOf(error).flatMap(signsOf)
  const { category, severity, retryable } = find(signs, STRONG_SIGNS) ?? find(signs, WEAK_SIGNS) ?? UNKNOWN
  return { category, severity, retryable, context: contextOf(error) }
}

function find(signs: readonly string[], table: ReadonlyMap<string, ErrorClass>): ErrorClass | undefined {
  const known = signs.find(sign => table.has(sign))
  return known === undefined ? undefined : table.get(known)
}

/** The error, then its causes, then the members of each, nearest first. */
function errorsOf(error: unknown): unknown[] {
  const found = new Set<unknown>([error])
  for (const current of found) {
    if (found.size >= MAX_ERRORS) break
    const cause = read(current, 'cause')
    if (cause !== undefined) found.add(cause)
    const members = read(current, 'errors')
    if (Array.isArray(members)) for (const member of members.slice(0, MAX_ERRORS)) found.add(member)
  }
  return [...found]
}

/** From the most to the least telling. */
function signsOf(error: unknown): string[] {
  const signs: string[] = []
  const status = httpStatus(error)
  if (status !== undefined) signs.push(`HTTP ${status}`, `HTTP ${Math.trunc(status / 100)}xx`)
  const code = read(error, 'code')
  if (isJobExit(error)) signs.push(`exit ${error.code}`)
  else if (isGrpcCode(code, error)) signs.push(`gRPC ${code}`)
  else if (typeof code === 'string') signs.push(code)
  const name = read(error, 'name')
  if (typeof name === 'string') signs.push(name)
  return signs
}

/** Under the names that HTTP clients give it: fetch wrappers, axios, gaxios, got, the AWS SDK. */
function httpStatus(error: unknown): number | undefined {
  const code = read(error, 'code')
  const candidates = [
    read(error, 'status'),
    read(error, 'statusCode'),
    read(read(error, 'response'), 'status'),
    read(read(error, 'response'), 'statusCode'),
    read(read(error, '$metadata'), 'httpStatusCode'),
    isJobExit(error) ? undefined : Number(typeof code === 'string' || typeof code === 'number' ? code : undefined),
  ]
  return candidates.find(isHttpStatus)
}

function isHttpStatus(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 300 && (value as number) <= 599
}

/** gRPC clients give the number, and beside it what the server said. */
function isGrpcCode(code: unknown, error: unknown): code is number {
  return typeof code === 'number' && code >= 1 && code <= 16 && typeof read(error, 'details') === 'string'
}

function contextOf(error: unknown): JsonObject {
  const context: Record<string, string | number> = {}
  for (const source of errorsOf(error).filter(isRecord).reverse()) {
    for (const field of CONTEXT_FIELDS) {
      const value = read(source, field)
      if (typeof value === 'string') context[field] = value.slice(0, MAX_CONTEXT_CHARACTERS)
      else if (Number.isFinite(value)) context[field] = value as number
    }
    const status = httpStatus(source)
    if (status !== undefined) context.http_status = status
  }
  return context
}
