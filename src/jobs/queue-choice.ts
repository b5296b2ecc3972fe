import { readDeadLetterConfig } from '../config/jobs.ts'
import { say } from '../say.ts'
import type { DeadLetterQueue } from '../types/jobs.ts'
import { DirectoryQueue } from './directory-queue.ts'
import { LazyQueue } from './lazy-queue.ts'
import { placeOf } from './queue-place.ts'
import type { StoredQueue } from './stored-queue.ts'

/**
 * The dead letter queue that the environment chooses: the Cloud Storage bucket BUCKET, then the Pub/Sub topic PUBSUB_TOPIC, else the
 * folder DEAD_LETTER_DIR, by default `./dead-letter`.
 */
export function getDeadLetterQueue(): DeadLetterQueue {
  return openQueue(sentence => say('warn', sentence))
}

/** @internal `report` is told of variables that cannot be used, and of what is in the queue and is no message. */
export function openQueue(report: (sentence: string) => void): StoredQueue {
  const { queue, notices } = readDeadLetterConfig()
  for (const notice of notices) report(notice)
  if (queue.kind === 'directory') return new DirectoryQueue(queue.path, report)
  return new LazyQueue(placeOf(queue), async () => (await import('./remote-queues.ts')).openRemoteQueue(queue, report))
}
