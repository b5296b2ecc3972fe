import { isMessageId } from '../config/jobs.ts'
import type { DeadLetterMessage, DeadLetterStatus } from '../types/jobs.ts'
import { wrongValue } from '../validate.ts'
import { choiceOf } from '../wording.ts'
import { mergedMetadata, STATUSES } from './message-json.ts'
import { DeadLetterConflict, MAY_COME_FROM, UnknownDeadLetter } from './stored-queue.ts'

/** Throws where no message of the queue at `place` can have this id, or none this status. */
export function checkChange(messageId: string, status: DeadLetterStatus, place: string): void {
  if (!isMessageId(messageId)) throw new UnknownDeadLetter(String(messageId), place)
  if (!STATUSES.includes(status)) throw wrongValue('status', choiceOf(STATUSES), status)
}

/** A change of what is stored at that moment. */
export type Change = (present: DeadLetterMessage | undefined) => DeadLetterMessage | undefined

/** To another status. Throws where there is no message, or it may not come to that status from the one that it has. */
export function toStatus(
  messageId: string,
  status: DeadLetterStatus,
  metadata: Record<string, unknown> | undefined,
  place: string,
): Change {
  return present => {
    if (present === undefined) throw new UnknownDeadLetter(messageId, place)
    if (!MAY_COME_FROM[status].includes(present.status)) throw new DeadLetterConflict(messageId, present.status)
    return { ...present, status, metadata: mergedMetadata(present, metadata) }
  }
}

/** Of a retry that has come to no end, if `isLeftBehind` says so: the message is pending again. */
export function releaseOf(isLeftBehind: (message: DeadLetterMessage) => boolean): Change {
  return present => {
    const isReleased = present?.status === 'retrying' && isLeftBehind(present)
    return isReleased ? { ...present, status: 'pending' } : undefined
  }
}

export function countByStatus(messages: readonly DeadLetterMessage[]): Record<DeadLetterStatus, number> {
  const stats = { pending: 0, retrying: 0, resolved: 0, abandoned: 0 }
  for (const { status } of messages) stats[status]++
  return stats
}
