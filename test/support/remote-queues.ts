import type { TestContext } from 'node:test'
import type { PubsubQueueConfig, StorageQueueConfig } from '../../src/config/remote-queues.ts'
import { PubsubQueue } from '../../src/jobs/pubsub-queue.ts'
import { PubsubSubscription } from '../../src/jobs/pubsub-subscription.ts'
import { placeOf } from '../../src/jobs/queue-place.ts'
import { StorageObjects } from '../../src/jobs/storage-objects.ts'
import { StorageQueue } from '../../src/jobs/storage-queue.ts'
import { googleConfig } from './google-files.ts'
import { BUCKET } from './storage-server.ts'

/** Of an emulator, so without credentials, and with less patience than the environment's. */
export function storageConfig(
  t: TestContext,
  origin: string,
  overrides: Partial<StorageQueueConfig> = {},
): StorageQueueConfig {
  return { kind: 'storage', bucket: BUCKET, ...serviceConfig(t, origin, 'STORAGE_EMULATOR_HOST'), ...overrides }
}

export function pubsubConfig(
  t: TestContext,
  origin: string,
  overrides: Partial<PubsubQueueConfig> = {},
): PubsubQueueConfig {
  const names = { topic: 'letters', subscription: 'read-letters', projectId: 'demo', pullWaitMs: 300 }
  return { kind: 'pubsub', ...names, ...serviceConfig(t, origin, 'PUBSUB_EMULATOR_HOST'), ...overrides }
}

function serviceConfig(t: TestContext, origin: string, emulatedBy: string) {
  return { origin, emulatedBy, google: googleConfig(t), attemptTimeoutMs: 10_000, operationTimeoutMs: 25_000 }
}

export interface RemoteFixture<Queue> {
  readonly queue: Queue
  readonly reports: string[]
}

/** A queue with connections of its own, as another process has them. */
export function storageQueue(t: TestContext, config: StorageQueueConfig): RemoteFixture<StorageQueue> {
  const reports: string[] = []
  const objects = new StorageObjects(config)
  t.after(() => objects.close())
  return { queue: new StorageQueue(objects, placeOf(config), sentence => reports.push(sentence)), reports }
}

export function pubsubQueue(t: TestContext, config: PubsubQueueConfig): RemoteFixture<PubsubQueue> {
  const reports: string[] = []
  const subscription = new PubsubSubscription(config)
  t.after(() => subscription.close())
  return { queue: new PubsubQueue(subscription, placeOf(config), sentence => reports.push(sentence)), reports }
}
