import type { JsonValue } from './exporter.ts'

/** `pending`: waits for a retry. `retrying`: one is under way. The other two are final. */
export type DeadLetterStatus = 'pending' | 'retrying' | 'resolved' | 'abandoned'

export type ErrorCategory =
  | 'network'
  | 'timeout'
  | 'unavailable'
  | 'rate_limit'
  | 'cancelled'
  | 'resource'
  | 'permission'
  | 'not_found'
  | 'conflict'
  | 'data'
  | 'configuration'
  | 'bug'
  | 'job_exit'
  | 'unknown'

/** `low`: passes by itself. `medium`: may do so. `high`: somebody has to change something. `critical`: the machine itself is in trouble. */
export type ErrorSeverity = 'low' | 'medium' | 'high' | 'critical'

export interface JsonObject {
  readonly [key: string]: JsonValue
}

export interface DeadLetterErrorDetails {
  readonly category: ErrorCategory
  readonly severity: ErrorSeverity
  /** Whether the same job may succeed the next time, with nothing changed. */
  readonly retryable: boolean
  /** What the error itself says of where it happened: code, system call, path, address, HTTP status. */
  readonly context: JsonObject
}

/** A failed job, as it is kept until somebody has seen to it: a file format that other programs read. Times are ISO 8601, in UTC. */
export interface DeadLetterMessage {
  /** Letters, digits, `_`, `-` and `.`, at most 128, the first no dot or dash. */
  readonly message_id: string
  readonly scene_id: string
  readonly job_type: string
  readonly step: string
  readonly error_type: string
  readonly error_message: string
  readonly error_details: DeadLetterErrorDetails
  /** The stack, with those of the causes and of the members of an AggregateError. */
  readonly traceback: string
  /** How often the job has failed. */
  readonly attempt_count: number
  readonly max_attempts: number
  readonly first_failure_time: string
  readonly last_failure_time: string
  /** The job's input, capped; where something is cut, `metadata.payload_cut` says so. */
  readonly original_payload: JsonObject
  readonly metadata: JsonObject
  readonly status: DeadLetterStatus
  /** The span of the last attempt, as W3C `traceparent`; absent while tracing is off. */
  readonly traceparent?: string | undefined
}

/**
 * Keeps dead letters. Every method may reject where the storage fails, with an error that says what is to be looked at.
 * A message that is unknown is refused where it would be changed.
 */
export interface DeadLetterQueue {
  /** Resolves with `message_id` once the message is durable. One with the same id, of whatever status, is replaced. */
  publish(message: DeadLetterMessage): Promise<string>
  /**
   * The messages that wait for a retry, the oldest failure first; all of them without a limit. In Pub/Sub no other process gets
   * them for a minute.
   */
  getPending(limit?: number): Promise<DeadLetterMessage[]>
  get(messageId: string): Promise<DeadLetterMessage | undefined>
  /** In Pub/Sub the message is gone then. */
  markResolved(messageId: string): Promise<void>
  /** `reason` becomes `metadata.abandoned_reason`. */
  markAbandoned(messageId: string, reason: string): Promise<void>
  /**
   * `metadata` is added to the message's own. The status `retrying` claims the message: only a pending or abandoned one can
   * be claimed, and of several processes that claim it one succeeds, while the others are refused.
   */
  updateStatus(messageId: string, status: DeadLetterStatus, metadata?: Record<string, unknown>): Promise<void>
  getStats(): Promise<Record<DeadLetterStatus, number>>
}

/** The entry point of a job: returns nothing or an exit code. */
// biome-ignore lint/suspicious/noConfusingVoidType: an async function without a return value is a Promise<void>.
export type JobFunction = () => void | number | Promise<void | number>

export interface RunJobOptions {
  /** Becomes `scene.id`. */
  readonly sceneId: string
  /** Names the span `job:<jobType>`. */
  readonly jobType: string
  readonly step: string
  /** Texts, numbers and booleans become attributes `input.<key>`; all of it goes into a dead letter. */
  readonly inputParams?: Record<string, unknown> | undefined
  /** What a job that throws resolves to, from 1 to 255. Default 1. */
  readonly failureExitCode?: number | undefined
  /** Default: what `getDeadLetterQueue()` gives. */
  readonly deadLetterQueue?: DeadLetterQueue | undefined
}
