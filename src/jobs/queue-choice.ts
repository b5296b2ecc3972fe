import { readDeadLetterConfig } from '../config/jobs.ts'
import { say } from '../say.ts'
import type { DeadLetterQueue } from '../types/jobs.ts'
import { DirectoryQueue } from './directory-queue.ts'
import type { StoredQueue } from './stored-queue.ts'

/**
 * The dead letter queue that the environment chooses: BUCKET, then PUBSUB_TOPIC (both not in this version, which is said), else the
 * folder DEAD_LETTER_DIR, by default `./dead-letter`.
 */
export function getDeadLetterQueue(): DeadLetterQueue {
  return openQueue(sentence => say('warn', sentence))
}

/** @internal `report` is told of variables that cannot be used, and of files in the queue that are no messages. */
export function openQueue(report: (sentence: string) => void): StoredQueue {
  const { path, notices } = readDeadLetterConfig()
  for (const notice of notices) report(notice)
  return new DirectoryQueue(path, report)
}
