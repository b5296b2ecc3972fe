/** Ends 1,000 spans and then itself, in the way that is asked for. What `stats()` says at exit goes to stdout. */
import { writeSync } from 'node:fs'
import { getTracer, initTracing, traceJob } from 'blueprint-tracing'

const [way, temperature] = process.argv.slice(2)

const ways = {
  'natural end': () => {},
  exitCode: () => {
    process.exitCode = 5
  },
  'process.exit(0)': () => process.exit(0),
  'process.exit(3)': () => process.exit(3),
  'process.exit in a timer': () => setTimeout(() => process.exit(3), 1),
  'process.exit in a microtask': () => queueMicrotask(() => process.exit(3)),
  'process.exit in beforeExit': () => process.on('beforeExit', () => process.exit(3)),
  'process.exit in an exit listener': () => process.on('exit', () => process.exit(3)),
  'process.exit in an exit listener that was there first': () => {},
  throw: () => {
    throw new Error('thrown')
  },
  'throw in a job': () =>
    traceJob('job', () => {
      throw new Error('thrown in a job')
    }),
  'throw in a timer': () =>
    setTimeout(() => {
      throw new Error('thrown in a timer')
    }, 1),
  rejection: () => void Promise.reject(new Error('rejected')),
  'unsettled top-level await': () => new Promise(() => {}),
  SIGTERM: () => raise('SIGTERM'),
  SIGINT: () => raise('SIGINT'),
  SIGHUP: () => raise('SIGHUP'),
}

if (way === 'process.exit in an exit listener that was there first') process.on('exit', () => process.exit(3))
const tracing = initTracing(JSON.parse(process.env.TRACING_OPTIONS ?? '{}'))
process.on('exit', () => writeSync(1, JSON.stringify(tracing.stats())))
if (temperature === 'warm') {
  getTracer().startSpan('first').end()
  await tracing.flush()
}
for (let item = 0; item < 1000; item++) getTracer().startSpan('work', { attributes: { item } }).end()
await ways[way]()

function raise(signal) {
  setInterval(() => {}, 1000)
  process.kill(process.pid, signal)
}
