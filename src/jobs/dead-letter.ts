import { randomUUID } from 'node:crypto'
import type { AttemptConfig } from '../config/jobs.ts'
import type { Redactor } from '../redaction/redactor.ts'
import { describeException } from '../trace/describe-exception.ts'
import type { JsonValue } from '../types/exporter.ts'
import type { DeadLetterErrorDetails, DeadLetterMessage, JsonObject } from '../types/jobs.ts'
import { classifyError } from './classify-error.ts'
import { MAX_PAYLOAD_BYTES, takePayload } from './payload.ts'

const MAX_ATTEMPTS = 3

/** The job that has failed; what names it is redacted as its payload is. */
export interface FailedJob {
  readonly sceneId: string
  readonly jobType: string
  readonly step: string
  readonly inputParams: unknown
  readonly error: unknown
  readonly traceparent: string | undefined
}

/**
 * The dead letter of a job's failure. `known` is the message of its earlier attempts, if the queue has it: the new one goes
 * by the same id. At the last attempt it is abandoned at once.
 */
export function createDeadLetter(
  job: FailedJob,
  config: AttemptConfig,
  known: DeadLetterMessage | undefined,
  redactor: Redactor | undefined,
): DeadLetterMessage {
  const now = new Date().toISOString()
  const { payload, isCut } = takePayload(job.inputParams, redactor)
  const show = (text: string): string => redactor?.text('payload', text) ?? text
  const attempts = config.attempt ?? (known?.attempt_count ?? 0) + 1
  const maxAttempts = known?.max_attempts ?? MAX_ATTEMPTS
  return {
    message_id: known?.message_id ?? config.messageId ?? randomUUID(),
    scene_id: show(job.sceneId),
    job_type: job.jobType,
    step: job.step,
    ...errorFields(job.error, redactor, show),
    attempt_count: attempts,
    max_attempts: maxAttempts,
    first_failure_time: known?.first_failure_time ?? now,
    last_failure_time: now,
    original_payload: payload,
    ...statusAfter(attempts, maxAttempts, metadataOf(config, known, isCut)),
    ...(job.traceparent !== undefined && { traceparent: job.traceparent }),
  }
}

/** What a failed attempt leaves a message in: to be tried again, or given up with the reason. */
export function statusAfter(
  attempts: number,
  maxAttempts: number,
  metadata: JsonObject,
): Pick<DeadLetterMessage, 'status' | 'metadata'> {
  if (attempts < maxAttempts) return { status: 'pending', metadata }
  const reason = `failed ${attempts} times, of ${maxAttempts} attempts that it may have`
  return { status: 'abandoned', metadata: { ...metadata, abandoned_reason: reason } }
}

function errorFields(
  error: unknown,
  redactor: Redactor | undefined,
  show: (text: string) => string,
): Pick<DeadLetterMessage, 'error_type' | 'error_message' | 'error_details' | 'traceback'> {
  const described = describeException(error)
  const message = String(described['exception.message'])
  const type = String(described['exception.type'])
  const details = classifyError(error)
  return {
    error_type: type,
    error_message: show(message),
    error_details: { ...details, context: shownContext(details, redactor) },
    traceback: show(String(described['exception.stacktrace'] ?? `${type}: ${message}`)),
  }
}

/** Texts and numbers. */
function shownContext({ context }: DeadLetterErrorDetails, redactor: Redactor | undefined): JsonObject {
  if (redactor === undefined) return context
  const entries = Object.entries(context).map(([key, value]): [string, JsonValue] => {
    if (redactor.hides(key, `error.${key}`)) return [key, redactor.replacement]
    if (typeof value === 'string') return [key, redactor.text('payload', value, key)]
    return [key, typeof value === 'number' ? redactor.maskNumber(value) : value]
  })
  return Object.fromEntries(entries)
}

/** What the earlier attempts left, less what no longer holds. */
function metadataOf(config: AttemptConfig, known: DeadLetterMessage | undefined, isCut: boolean): JsonObject {
  const { abandoned_reason: _reason, payload_cut: _cut, ...kept } = known?.metadata ?? {}
  const metadata: Record<string, JsonValue> = { ...kept }
  if (config.previousTraceparents.length > 0) metadata.previous_traceparents = config.previousTraceparents
  if (isCut) metadata.payload_cut = `values that read [cut] did not fit: a payload may take ${MAX_PAYLOAD_BYTES} bytes`
  return metadata
}
