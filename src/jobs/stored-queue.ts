import type { DeadLetterMessage, DeadLetterQueue, DeadLetterStatus } from '../types/jobs.ts'

/** A queue whose storage can be looked through, which the command line needs. */
export interface StoredQueue extends DeadLetterQueue {
  /** Where it is, for what is said of it. */
  readonly place: string
  /** Messages of every status, the oldest failure first. */
  list(): Promise<DeadLetterMessage[]>
  /**
   * Makes a message pending again whose retry has come to no end, if `isLeftBehind` says so of what is stored at that moment; of several
   * processes one succeeds. Resolves to whether it did.
   */
  release(messageId: string, isLeftBehind: (message: DeadLetterMessage) => boolean): Promise<boolean>
}

/** The message would have to be in another status than it is. */
export class DeadLetterConflict extends Error {
  constructor(messageId: string, status: DeadLetterStatus) {
    const why = status === 'retrying' ? 'is being retried already' : `is ${status}`
    super(`dead letter ${messageId} ${why}`)
    this.name = 'DeadLetterConflict'
  }
}

export class UnknownDeadLetter extends Error {
  constructor(messageId: string, place: string) {
    super(`there is no dead letter ${messageId} in ${place}`)
    this.name = 'UnknownDeadLetter'
  }
}

const ANY: readonly DeadLetterStatus[] = ['pending', 'retrying', 'resolved', 'abandoned']

/** The statuses from which a message may come to each: what is being retried, or is done with, is not retried. */
export const MAY_COME_FROM: Readonly<Record<DeadLetterStatus, readonly DeadLetterStatus[]>> = {
  pending: ANY,
  retrying: ['pending', 'abandoned'],
  resolved: ANY,
  abandoned: ANY,
}

export function byFailureTime(a: DeadLetterMessage, b: DeadLetterMessage): number {
  const older = Date.parse(a.first_failure_time) - Date.parse(b.first_failure_time)
  return older === 0 ? Number(a.message_id > b.message_id) - Number(a.message_id < b.message_id) : older
}
