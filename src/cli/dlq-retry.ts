import { hostname } from 'node:os'
import { attemptVariables } from '../jobs/attempt.ts'
import { statusAfter } from '../jobs/dead-letter.ts'
import { read } from '../jobs/read.ts'
import type { StoredQueue } from '../jobs/stored-queue.ts'
import type { DeadLetterMessage, DeadLetterStatus } from '../types/jobs.ts'
import { complain, print } from './output.ts'
import { environmentQueue, requireLetter } from './queue.ts'
import { type CommandEnd, runWithPayload } from './run-with-payload.ts'
import { type Command, DONE, parseCommand, UsageError } from './usage.ts'

export const retry: Command = {
  synopsis: '<id> -- <command …>',
  summary: 'run a command as the next attempt of a dead letter’s job',
  help: [
    '',
    'The command gets the payload as JSON on stdin and, up to 120,000 bytes, in JOB_PAYLOAD; JOB_MESSAGE_ID, JOB_ATTEMPT and',
    'JOB_PREVIOUS_TRACEPARENTS; and no TRACEPARENT or TRACESTATE, so that the attempt is a trace of its own. If it ends with exit code',
    '0 the dead letter is resolved. Otherwise it waits for the next retry, or is abandoned if it may have no more, and the exit code',
    'is the command’s.',
  ],
  async run(args) {
    const dashes = args.indexOf('--')
    const [command, ...commandArgs] = dashes < 0 ? [] : args.slice(dashes + 1)
    const { positionals } = parseCommand(dashes < 0 ? args : args.slice(0, dashes), ['id'])
    if (command === undefined) throw new UsageError('-- <command …> is missing')
    const queue = environmentQueue()
    const { message, was } = await claim(queue, positionals[0]!)
    if (typeof message.metadata.payload_cut === 'string')
      complain(`the payload is not whole: ${message.metadata.payload_cut}`)
    const attempt = message.attempt_count + 1
    const variables = attemptVariables(message.message_id, attempt, traceparentsOf(message))
    const end = await runWithPayload(command, commandArgs, message.original_payload, variables)
    if (end.notStarted === undefined) return conclude(queue, message, attempt, end)
    // No attempt was made, so none is counted.
    await queue.updateStatus(message.message_id, was)
    complain(`the command could not be started: ${end.notStarted}; ${message.message_id} is ${was}, as before`)
    return end.exitCode
  },
}

/** Rejects where another process is retrying it. */
async function claim(queue: StoredQueue, id: string): Promise<{ message: DeadLetterMessage; was: DeadLetterStatus }> {
  const message = await requireLetter(queue, id)
  if (message.status === 'retrying' && (await queue.release(id, isLeftBehind))) {
    complain(`the process that was retrying ${id} is gone; taking over`)
  }
  const retrier = { attempt: message.attempt_count + 1, pid: process.pid, host: hostname() }
  await queue.updateStatus(id, 'retrying', { retry: { ...retrier, started: new Date().toISOString() } })
  return { message: (await queue.get(id)) ?? message, was: message.status === 'retrying' ? 'pending' : message.status }
}

/**
 * Whether the retry was another process's on this machine, which has ended without a word. One that had our id has: containers that
 * are started again often keep their name, and number their processes from 1.
 */
function isLeftBehind({ metadata }: DeadLetterMessage): boolean {
  const pid = read(metadata.retry, 'pid')
  if (read(metadata.retry, 'host') !== hostname() || !Number.isSafeInteger(pid)) return false
  if (pid === process.pid) return true
  try {
    process.kill(pid as number, 0)
    return false
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH'
  }
}

/** The span of every attempt so far, the oldest first. */
function traceparentsOf({ metadata, traceparent }: DeadLetterMessage): string[] {
  const earlier = metadata.previous_traceparents
  const texts = Array.isArray(earlier) ? earlier.filter(text => typeof text === 'string') : []
  return traceparent === undefined ? texts : [...texts, traceparent]
}

/** What the command's end means for the message, and the exit code for it. */
async function conclude(
  queue: StoredQueue,
  { message_id: id }: DeadLetterMessage,
  attempt: number,
  { exitCode, shown }: CommandEnd,
): Promise<number> {
  if (exitCode === 0) {
    await queue.markResolved(id)
    print(`${id} is resolved, by attempt ${attempt}`)
    return DONE
  }
  const status = await requeue(queue, id, attempt)
  complain(`attempt ${attempt} of ${id} ended with ${shown}; it is ${status}`)
  return exitCode
}

/** The job itself may have written the message already; a command that knows nothing of dead letters has not. */
async function requeue(queue: StoredQueue, id: string, attempt: number): Promise<string> {
  const message = await requireLetter(queue, id)
  if (message.status !== 'retrying') return message.status
  const after = statusAfter(attempt, message.max_attempts, message.metadata)
  await queue.publish({ ...message, attempt_count: attempt, last_failure_time: new Date().toISOString(), ...after })
  return after.status
}
