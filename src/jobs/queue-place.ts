import type { PubsubQueueConfig, StorageQueueConfig } from '../config/remote-queues.ts'

/** Where a remote queue is, as what follows `in` in a sentence. */
export function placeOf(config: StorageQueueConfig | PubsubQueueConfig): string {
  if (config.kind === 'storage') return `gs://${config.bucket}/dead-letter`
  const { topic, subscription } = config
  if (subscription === undefined) return `Pub/Sub topic ${topic}`
  return `Pub/Sub subscription ${subscription}, unless another process is reading it at this moment`
}
