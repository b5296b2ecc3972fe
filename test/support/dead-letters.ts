import type { DeadLetterMessage } from '../../src/types/jobs.ts'

let count = 0

/** A whole message; each has an id of its own, and has failed a second after the one before it. */
export function deadLetter(fields: Partial<DeadLetterMessage> = {}): DeadLetterMessage {
  const time = new Date(Date.UTC(2026, 0, 1) + 1_000 * ++count).toISOString()
  return {
    message_id: `letter-${process.pid}-${count}`,
    scene_id: 'scene_1',
    job_type: 'regen3d-job',
    step: 'regen3d',
    error_type: 'Error',
    error_message: 'boom',
    error_details: { category: 'unknown', severity: 'medium', retryable: false, context: {} },
    traceback: 'Error: boom\n    at here',
    attempt_count: 1,
    max_attempts: 3,
    first_failure_time: time,
    last_failure_time: time,
    original_payload: { mesh: 'bunny' },
    metadata: {},
    status: 'pending',
    traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
    ...fields,
  }
}
