import type { PubsubQueueConfig, StorageQueueConfig } from '../config/remote-queues.ts'
import { PubsubQueue } from './pubsub-queue.ts'
import { PubsubSubscription } from './pubsub-subscription.ts'
import { placeOf } from './queue-place.ts'
import { StorageObjects } from './storage-objects.ts'
import { StorageQueue } from './storage-queue.ts'
import type { StoredQueue } from './stored-queue.ts'

/** Each job that fails asks for its queue: those of one configuration share connections and credentials. */
const buckets = new Map<string, StorageObjects>()
const subscriptions = new Map<string, PubsubSubscription>()

/** Loaded when the environment chooses a queue that is elsewhere. */
export function openRemoteQueue(
  config: StorageQueueConfig | PubsubQueueConfig,
  report: (sentence: string) => void,
): StoredQueue {
  const place = placeOf(config)
  if (config.kind === 'storage') return new StorageQueue(shared(buckets, config, StorageObjects), place, report)
  return new PubsubQueue(shared(subscriptions, config, PubsubSubscription), place, report)
}

function shared<Config, Made>(all: Map<string, Made>, config: Config, Maker: new (config: Config) => Made): Made {
  const key = JSON.stringify(config)
  const made = all.get(key) ?? new Maker(config)
  all.set(key, made)
  return made
}
