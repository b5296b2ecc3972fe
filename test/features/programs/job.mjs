// Runs a job as a pipeline's container does and exits on the next line: throws if argv[2] is 'throw', else returns that number.
import { setTraceAttribute } from 'blueprint-tracing'
import { JobExit, runJobWithDeadLetterQueue } from 'blueprint-tracing/jobs'

const [, , how = '0'] = process.argv
const code = await runJobWithDeadLetterQueue(
  async () => {
    setTraceAttribute('inside', true)
    if (how === 'throw') throw new RangeError('boom')
    if (how.startsWith('exit')) throw new JobExit(Number(how.slice(4)))
    return Number(how)
  },
  { sceneId: 'scene_1', jobType: 'regen3d-job', step: 'regen3d', inputParams: { mesh: 'bunny', token: 'hunter2' } },
)
process.exit(code)
