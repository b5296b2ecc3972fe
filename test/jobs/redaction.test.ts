import assert from 'node:assert/strict'
import test from 'node:test'
import { runJobWithDeadLetterQueue } from '../../src/jobs/run-job.ts'
import { initTracing } from '../../src/tracing.ts'
import { MemoryQueue } from '../support/memory-queue.ts'

const SECRET = '4929123456789012'

for (const enabled of [true, false]) {
  test(`with tracing ${enabled ? 'on' : 'off'}, nothing that is to be redacted is in a dead letter or in a line about it`, async () => {
    const lines: string[] = []
    const say = (line: string): void => void lines.push(line)
    const tracing = initTracing({
      enabled,
      exporters: { kind: 'custom', exporter: { name: 'none', export: () => ({ outcome: 'acked' }) } },
      redact: { keys: ['password', 'hostname'], values: [/\d{16}/] },
      logger: { error: say, warn: say, info: say, debug: say },
    })
    const queue = new MemoryQueue()
    const cause = Object.assign(new Error(`card ${SECRET}`), {
      code: 'ENOENT',
      path: `/cards/${SECRET}`,
      hostname: 'vault',
      errno: Number(SECRET),
    })
    await runJobWithDeadLetterQueue(() => Promise.reject(new Error(`refused ${SECRET}`, { cause })), {
      sceneId: 'scene_1',
      jobType: 'pay-job',
      step: 'pay',
      inputParams: { password: 'hunter2', card: SECRET, user: 'me' },
      deadLetterQueue: queue,
    })
    const text = JSON.stringify(queue.only) + lines.join('\n')
    assert.doesNotMatch(text, /4929123456789012|hunter2|vault/)
    assert.deepEqual({ ...queue.only.original_payload }, { password: '[redacted]', card: '[redacted]', user: 'me' })
    assert.equal(queue.only.error_message, 'refused [redacted]')
    assert.deepEqual(queue.only.error_details.context, {
      code: 'ENOENT',
      errno: '[redacted]',
      path: '/cards/[redacted]',
      hostname: '[redacted]',
    })
    await tracing.shutdown()
  })
}
