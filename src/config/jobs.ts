import { EnvironmentReader } from './environment.ts'
import { type PubsubQueueConfig, readPubsubQueue, readStorageQueue, type StorageQueueConfig } from './remote-queues.ts'

const DEFAULT_DIRECTORY = './dead-letter'
const MAX_ATTEMPT = 1_000_000
const MESSAGE_ID = /^\w[\w.-]{0,127}$/

/** Where dead letters are kept. */
export type DeadLetterConfig = DirectoryQueueConfig | StorageQueueConfig | PubsubQueueConfig

export interface DirectoryQueueConfig {
  readonly kind: 'directory'
  /** As it was given; relative to the working directory. */
  readonly path: string
}

/** The queue that the environment chooses, and one sentence for each variable that could not be used. */
export function readDeadLetterConfig(environment: NodeJS.ProcessEnv = process.env): {
  readonly queue: DeadLetterConfig
  readonly notices: readonly string[]
} {
  const reader = new EnvironmentReader(environment)
  const queue = readStorageQueue(reader) ?? readPubsubQueue(reader) ?? readDirectory(reader)
  return { queue, notices: reader.notices }
}

function readDirectory(reader: EnvironmentReader): DirectoryQueueConfig {
  return { kind: 'directory', path: reader.text('DEAD_LETTER_DIR') ?? DEFAULT_DIRECTORY }
}

/** What the environment tells a job that is being retried of its past. */
export interface AttemptConfig {
  readonly messageId: string | undefined
  /** Undefined where the environment does not say that this is a retry. */
  readonly attempt: number | undefined
  /** Texts, the oldest attempt first, that have not been checked. */
  readonly previousTraceparents: readonly string[]
  readonly notices: readonly string[]
}

export function readAttemptConfig(environment: NodeJS.ProcessEnv = process.env): AttemptConfig {
  const reader = new EnvironmentReader(environment)
  const messageId = reader.text('JOB_MESSAGE_ID')
  const isUsable = messageId !== undefined && isMessageId(messageId)
  if (messageId !== undefined && !isUsable) reader.refuse('JOB_MESSAGE_ID', MESSAGE_ID_FORM, 'ignoring it')
  const isRetry = reader.text('JOB_ATTEMPT') !== undefined
  const previous = reader.text('JOB_PREVIOUS_TRACEPARENTS')?.split(',') ?? []
  return {
    messageId: isUsable ? messageId : undefined,
    attempt: isRetry ? reader.integer('JOB_ATTEMPT', 1, MAX_ATTEMPT, 1) : undefined,
    previousTraceparents: previous.map(text => text.trim()).filter(text => text !== ''),
    notices: reader.notices,
  }
}

export const MESSAGE_ID_FORM: string = 'at most 128 letters, digits, "_", "-" and ".", the first no dot or dash'

/** Whether it may be the name of a file, whatever the file system. */
export function isMessageId(value: unknown): value is string {
  return typeof value === 'string' && MESSAGE_ID.test(value)
}
