import { type AttemptConfig, readAttemptConfig } from '../config/jobs.ts'
import { loadRecording } from '../load-recording.ts'
import { printableText } from '../net/printable.ts'
import { isValidSpanContext } from '../propagation/span-context.ts'
import { formatTraceparent } from '../propagation/traceparent.ts'
import type { Redactor } from '../redaction/redactor.ts'
import { say } from '../say.ts'
import { outgoingContext } from '../trace/carriers.ts'
import { describeException } from '../trace/describe-exception.ts'
import { exceptionMessage } from '../trace/exception.ts'
import { markError } from '../trace/run-in-span.ts'
import { textOf } from '../trace/text-of.ts'
import { traceJob } from '../trace/trace-job.ts'
import { getTracing, presentConfig } from '../tracing.ts'
import type { DeadLetterMessage, DeadLetterQueue, JobFunction, RunJobOptions } from '../types/jobs.ts'
import type { Span } from '../types/span.ts'
import { describe } from '../wording.ts'
import { linksToPrevious } from './attempt.ts'
import { createDeadLetter } from './dead-letter.ts'
import { isJobExit } from './job-exit.ts'
import { faultOf } from './message-json.ts'
import { getDeadLetterQueue } from './queue-choice.ts'
import { read } from './read.ts'

const MAX_SHOWN_CHARACTERS = 500
/** Of the flush where no set-up says how long the end of the process may be held. */
const FLUSH_TIMEOUT_MS = 2_000
const QUEUE_TIMEOUT_MS = 30_000

/** What the caller gave, read once. */
interface Job {
  readonly sceneId: string
  readonly jobType: string
  readonly step: string
  readonly inputParams: unknown
  readonly failureExitCode: number
  readonly queue: DeadLetterQueue | undefined
}

/**
 * Runs a job's entry point in a span `job:<jobType>` and resolves to the exit code for its process: what `fn` returned, 0 if nothing;
 * the code of a JobExit that it threw; `failureExitCode` if it threw anything else. A failure is on the span, and in the dead
 * letter queue before this resolves; the trace is flushed then, for at most `exitTimeoutMs`. Works the same with tracing off.
 * Never rejects: a queue that fails is said, and the job's own error with it.
 *
 * JOB_MESSAGE_ID, JOB_ATTEMPT and JOB_PREVIOUS_TRACEPARENTS, as `blueprint-tracing dlq retry` sets them, make it a further attempt: the
 * span says which, links to the earlier ones if it is a root, and a failure goes into the same dead letter.
 */
export async function runJobWithDeadLetterQueue(fn: JobFunction, options: RunJobOptions): Promise<number> {
  const job = readJob(options)
  const attempt = readAttemptConfig()
  const isRoot = outgoingContext().spanContext === undefined
  const given = {
    sceneId: job.sceneId,
    attributes: { 'job.attempt': attempt.attempt, ...inputAttributes(job.inputParams) },
    links: isRoot ? linksToPrevious(attempt) : undefined,
  }
  const exitCode = await traceJob(job.jobType, given, span => runJob(fn, job, attempt, span))
  await getTracing().flush({ timeoutMs: presentConfig()?.exitTimeoutMs ?? FLUSH_TIMEOUT_MS })
  return exitCode
}

async function runJob(fn: JobFunction, job: Job, attempt: AttemptConfig, span: Span): Promise<number> {
  for (const notice of attempt.notices) say('warn', notice)
  try {
    return succeed(span, exitCodeOf(await fn()))
  } catch (error) {
    if (isJobExit(error) && error.code === 0) return succeed(span, 0)
    return await fail(error, job, attempt, span)
  }
}

function succeed(span: Span, exitCode: number): number {
  span.setAttributes({ 'job.status': 'success', 'job.exit_code': exitCode })
  return exitCode
}

/** Whatever a function returns that is no exit code counts as nothing. */
function exitCodeOf(result: unknown): number {
  return Number.isSafeInteger(result) ? (result as number) : 0
}

async function fail(error: unknown, job: Job, attempt: AttemptConfig, span: Span): Promise<number> {
  const exitCode = failureCode(error, job)
  span.setAttributes({
    'job.status': isJobExit(error) ? 'failure' : 'error',
    'job.exit_code': exitCode,
    'error.type': describeException(error)['exception.type'],
    'error.message': exceptionMessage(error),
  })
  markError(span, error)
  await keep(error, job, attempt, span)
  return exitCode
}

/** A shell sees the last eight bits: a code beyond them could read as a success. */
function failureCode(error: unknown, { failureExitCode }: Job): number {
  return isJobExit(error) && isFailureCode(error.code) ? error.code : failureExitCode
}

function isFailureCode(code: unknown): code is number {
  return Number.isInteger(code) && (code as number) >= 1 && (code as number) <= 255
}

/** Throws where a set-up redacts and a bundler has left behind what does it. */
function presentRedactor(): Redactor | undefined {
  const redact = presentConfig()?.redact
  if (redact instanceof Error) throw redact
  return redact && loadRecording().loadRedaction().createRedactor(redact)
}

/** Stores the dead letter, and says what failed and where that is kept. */
async function keep(error: unknown, job: Job, attempt: AttemptConfig, span: Span): Promise<void> {
  const name = oneLine(job.jobType)
  let redactor: Redactor | undefined
  try {
    redactor = presentRedactor()
  } catch (trouble) {
    say('error', `${name} failed; no dead letter is stored, since nothing can redact it: ${exceptionMessage(trouble)}`)
    return
  }
  const context = span.spanContext()
  const traceparent = isValidSpanContext(context) ? formatTraceparent(context) : undefined
  const failed = { ...job, error, traceparent }
  const first = createDeadLetter(failed, attempt, undefined, redactor)
  const failure = `${name} failed: ${oneLine(first.error_type)}: ${oneLine(first.error_message)}`
  try {
    const queue = job.queue ?? getDeadLetterQueue()
    const { known, ...past } = await pastOf(first, attempt, queue)
    const letter = createDeadLetter(failed, past, known, redactor)
    const id = await settledInTime(queue.publish(letter), QUEUE_TIMEOUT_MS)
    span.setAttribute('job.dead_letter_id', id)
    say('error', `${failure}; ${letter.status === 'abandoned' ? 'given up in' : 'kept as'} dead letter ${id}`)
  } catch (trouble) {
    say('error', failure)
    say('error', `the dead letter of ${name} could not be stored: ${oneLine(exceptionMessage(trouble))}`)
    say('error', first.traceback)
  }
}

function oneLine(text: string): string {
  return printableText(text, MAX_SHOWN_CHARACTERS)
}

type Past = AttemptConfig & { readonly known: DeadLetterMessage | undefined }

/** A retried command may run several jobs, and pass its environment on: the message is that of one of them. */
async function pastOf(first: DeadLetterMessage, attempt: AttemptConfig, queue: DeadLetterQueue): Promise<Past> {
  const known = attempt.messageId === undefined ? undefined : await earlierMessage(attempt.messageId, queue)
  if (known === undefined || SAME.every(field => known[field] === first[field])) return { ...attempt, known }
  return { messageId: undefined, attempt: undefined, previousTraceparents: [], notices: [], known: undefined }
}

const SAME = ['scene_id', 'job_type', 'step'] as const

/** A queue that cannot be read, or answers with what is no message, may still be written to. */
async function earlierMessage(messageId: string, queue: DeadLetterQueue): Promise<DeadLetterMessage | undefined> {
  let trouble: string | undefined
  try {
    const found: unknown = await settledInTime(queue.get(messageId), QUEUE_TIMEOUT_MS)
    if (found === undefined || found === null) return undefined
    trouble = faultOf(found)
    if (trouble === undefined) return found as DeadLetterMessage
  } catch (error) {
    trouble = exceptionMessage(error)
  }
  say('warn', `the earlier attempts' dead letter ${messageId} could not be read: ${oneLine(trouble)}`)
  return undefined
}

/** Rejects where a queue does not answer. The timer holds the process: it would end without the job's exit code. */
async function settledInTime<T>(answer: Promise<T>, timeoutMs: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer from the queue within ${timeoutMs} ms`)), timeoutMs)
  })
  try {
    return await Promise.race([answer, timeout])
  } finally {
    clearTimeout(timer)
  }
}

/** Options that cannot be used are said, and the job runs all the same. */
function readJob(options: unknown): Job {
  const failureExitCode = read(options, 'failureExitCode')
  if (failureExitCode !== undefined && !isFailureCode(failureExitCode)) {
    say('warn', `failureExitCode must be an integer from 1 to 255, got ${describe(failureExitCode)}; using 1`)
  }
  return {
    sceneId: nameOf(read(options, 'sceneId')),
    jobType: nameOf(read(options, 'jobType')),
    step: nameOf(read(options, 'step')),
    inputParams: read(options, 'inputParams'),
    failureExitCode: isFailureCode(failureExitCode) ? failureExitCode : 1,
    queue: read(options, 'deadLetterQueue') as DeadLetterQueue | undefined,
  }
}

function nameOf(value: unknown): string {
  return value === undefined || value === null ? 'unknown' : textOf(value)
}

function inputAttributes(params: unknown): Record<string, string | number | boolean> {
  const attributes: Record<string, string | number | boolean> = {}
  for (const key of keysOf(params)) {
    const value = read(params, key)
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') {
      attributes[`input.${key}`] = value
    }
  }
  return attributes
}

function keysOf(params: unknown): string[] {
  try {
    return typeof params === 'object' && params !== null ? Object.keys(params) : []
  } catch {
    return []
  }
}
