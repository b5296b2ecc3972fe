import { describe } from '../validate.ts'
import { EnvironmentReader } from './environment.ts'

const DEFAULT_DIRECTORY = './dead-letter'
const MAX_ATTEMPT = 1_000_000
const MESSAGE_ID = /^\w[\w.-]{0,127}$/

/** Where dead letters are kept. */
export interface DeadLetterConfig {
  readonly kind: 'directory'
  /** As it was given; relative to the working directory. */
  readonly path: string
  /** One sentence for each variable that could not be used. */
  readonly notices: readonly string[]
}

/** They come before the directory, in this order. */
const REMOTE_QUEUES = [
  { variable: 'BUCKET', where: 'Cloud Storage' },
  { variable: 'PUBSUB_TOPIC', where: 'Pub/Sub' },
] as const

/** The queue that the environment chooses. */
export function readDeadLetterConfig(environment: NodeJS.ProcessEnv = process.env): DeadLetterConfig {
  const reader = new EnvironmentReader(environment)
  for (const { variable, where } of REMOTE_QUEUES) {
    const value = reader.text(variable)
    if (value === undefined) continue
    reader.note(
      `${variable} is ${describe(value)} and chooses ${where} for dead letters, but this version keeps them in a directory only; taking the next choice`,
    )
  }
  return { kind: 'directory', path: reader.text('DEAD_LETTER_DIR') ?? DEFAULT_DIRECTORY, notices: reader.notices }
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
