/** Ends in the middle of two nested jobs, one span of which is through, and of MORE_OPEN spans beside them. */
import { getTracer, traceJob } from 'blueprint-tracing'
import { endSpans, raise, startTracing } from './common.mjs'

const ways = {
  'process.exit(3)': () => process.exit(3),
  'natural end': () => {},
  'throw in a timer': () =>
    setTimeout(() => {
      throw new RangeError('thrown in a timer')
    }, 1),
  rejection: () => void Promise.reject(new RangeError('rejected')),
  SIGTERM: () => raise('SIGTERM'),
}

startTracing()
for (let count = 0; count < Number(process.env.MORE_OPEN ?? 0); count++) getTracer().startSpan('more')
void traceJob('outer', { sceneId: 'scene_bunny' }, () =>
  traceJob('inner', () => {
    endSpans(1, 'through')
    ways[process.argv[2]]()
    return new Promise(() => {})
  }),
)
