import type { AttemptConfig } from '../config/jobs.ts'
import { parseTraceparent } from '../propagation/traceparent.ts'
import type { Link } from '../types/span.ts'

/** A retried job's root points to the span of every earlier attempt, so that each trace is found from the others. */
export function linksToPrevious({ previousTraceparents }: AttemptConfig): Link[] {
  return previousTraceparents.flatMap((text, index) => {
    const context = parseTraceparent(text)
    return context === undefined ? [] : [{ context, attributes: { 'job.attempt': index + 1 } }]
  })
}

/** What the environment of a command has to say so that the job in it knows its past. */
export function attemptVariables(
  messageId: string,
  attempt: number,
  previousTraceparents: readonly string[],
): Record<string, string> {
  return {
    JOB_MESSAGE_ID: messageId,
    JOB_ATTEMPT: String(attempt),
    JOB_PREVIOUS_TRACEPARENTS: previousTraceparents.join(','),
  }
}
