// Runs a job that fails, under a `redact.with` that makes spans itself.
import { getTracer } from 'blueprint-tracing'
import { runJobWithDeadLetterQueue } from 'blueprint-tracing/jobs'
import { startTracing } from './common.mjs'

startTracing({
  redact: {
    with(_field, text) {
      getTracer().span('made by the callback', () => {})
      return text
    },
  },
})
await runJobWithDeadLetterQueue(
  () => {
    throw new Error('the surface is open')
  },
  { sceneId: 's', jobType: 'a-job', step: 'a', inputParams: { mesh: 'bunny.obj' } },
)
