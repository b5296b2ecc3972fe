import type { GoogleConfig } from '../types/config.ts'
import type { EnvironmentReader } from './environment.ts'
import { planGoogle } from './google.ts'
import { projectIdFromEnvironment } from './project-id.ts'
import { urlOfVariable } from './url-variable.ts'

/** Names of buckets, dots included (Cloud Storage, "Bucket names"); gs:// may stand before, as its own tools print them. */
const BUCKET = /^(?:gs:\/\/)?([a-z0-9][a-z0-9._-]{1,220}[a-z0-9])\/?$/
/** Ids of topics and subscriptions (Pub/Sub, "Resource names"), by themselves or below their project. */
const RESOURCE_ID = /^[a-z][\w.~+%-]{2,254}$/i

const ATTEMPT_TIMEOUT_MS = 10_000
/** Less than a job waits for its queue. */
const OPERATION_TIMEOUT_MS = 25_000
/** What a subscription has it gives within milliseconds. */
const PULL_WAIT_MS = 2_000

/** One of Google's services, or an emulator of it. */
export interface GoogleServiceConfig {
  /** Without a slash at its end. */
  readonly origin: string
  /** The variable that leads to an emulator, which asks for no credentials. */
  readonly emulatedBy: string | undefined
  readonly google: GoogleConfig
  /** The longest that one request takes. */
  readonly attemptTimeoutMs: number
  /** The longest that an operation on the queue takes, with all its requests. */
  readonly operationTimeoutMs: number
}

export interface StorageQueueConfig extends GoogleServiceConfig {
  readonly kind: 'storage'
  readonly bucket: string
}

export interface PubsubQueueConfig extends GoogleServiceConfig {
  readonly kind: 'pubsub'
  /** Ids, or whole names such as projects/p/topics/t. */
  readonly topic: string
  readonly subscription: string | undefined
  /** Of ids; undefined: that of the credentials. */
  readonly projectId: string | undefined
  /** After which a subscription that gives nothing counts as read to its end. */
  readonly pullWaitMs: number
}

/** Undefined where BUCKET is not set or cannot be used. */
export function readStorageQueue(reader: EnvironmentReader): StorageQueueConfig | undefined {
  const value = reader.text('BUCKET')
  if (value === undefined) return undefined
  const bucket = BUCKET.exec(value)?.[1]
  if (bucket === undefined) {
    reader.refuse('BUCKET', 'the name of a Cloud Storage bucket', 'taking the next choice for dead letters')
    return undefined
  }
  return { kind: 'storage', bucket, ...readService(reader, 'https://storage.googleapis.com', 'STORAGE_EMULATOR_HOST') }
}

/** Undefined where PUBSUB_TOPIC is not set or cannot be used. */
export function readPubsubQueue(reader: EnvironmentReader): PubsubQueueConfig | undefined {
  const topic = resourceName(reader, 'PUBSUB_TOPIC', 'topics', 'taking the next choice for dead letters')
  if (topic === undefined) return undefined
  return {
    kind: 'pubsub',
    topic,
    subscription: resourceName(reader, 'PUBSUB_SUBSCRIPTION', 'subscriptions', 'ignoring it'),
    projectId: projectIdFromEnvironment(reader),
    pullWaitMs: PULL_WAIT_MS,
    ...readService(reader, 'https://pubsub.googleapis.com', 'PUBSUB_EMULATOR_HOST'),
  }
}

function resourceName(
  reader: EnvironmentReader,
  variable: string,
  collection: string,
  outcome: string,
): string | undefined {
  const value = reader.text(variable)
  if (value === undefined) return undefined
  const [projects, project, kind, id, ...rest] = value.split('/')
  const isWhole = projects === 'projects' && project !== '' && kind === collection && rest.length === 0
  if (RESOURCE_ID.test(value) || (isWhole && RESOURCE_ID.test(id ?? ''))) return value
  reader.refuse(variable, `an id, or projects/<project>/${collection}/<id>`, outcome)
  return undefined
}

/** Google's own clients take the host of an emulator with and without a scheme, too. */
function readService(reader: EnvironmentReader, usual: string, variable: string): GoogleServiceConfig {
  const { origin } = urlOfVariable(reader, variable, new URL(usual))
  return {
    origin,
    emulatedBy: origin === usual ? undefined : variable,
    google: planGoogle('credentialsFile', undefined)(reader),
    attemptTimeoutMs: ATTEMPT_TIMEOUT_MS,
    operationTimeoutMs: OPERATION_TIMEOUT_MS,
  }
}
