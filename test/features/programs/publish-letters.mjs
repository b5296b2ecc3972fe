// Publishes dead letters and resolves every second one until it is killed; prints each step once it has been acknowledged.
import { writeSync } from 'node:fs'
import { getDeadLetterQueue } from 'blueprint-tracing/jobs'

const queue = getDeadLetterQueue()
const time = new Date().toISOString()
const message = {
  scene_id: 'scene_1',
  job_type: 'regen3d-job',
  step: 'regen3d',
  error_type: 'Error',
  error_message: 'boom',
  error_details: { category: 'unknown', severity: 'medium', retryable: false, context: {} },
  traceback: 'x'.repeat(20_000),
  attempt_count: 1,
  max_attempts: 3,
  first_failure_time: time,
  last_failure_time: time,
  original_payload: {},
  metadata: {},
  status: 'pending',
}

for (let number = 1; ; number++) {
  const message_id = `letter-${number}`
  writeSync(1, `publishing ${message_id}\n`)
  await queue.publish({ ...message, message_id })
  writeSync(1, `pending ${message_id}\n`)
  if (number % 2 === 1) continue
  await queue.updateStatus(message_id, 'retrying')
  writeSync(1, `retrying ${message_id}\n`)
  await queue.markResolved(message_id)
  writeSync(1, `resolved ${message_id}\n`)
}
