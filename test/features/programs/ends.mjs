/**
 * Ends 1,000 spans, 1,001 if it is warm, and then itself in the way that is asked for. With PRINT_END the time at which that
 * begins, in epoch ms, is the first line of stdout.
 */
import { writeSync } from 'node:fs'
import { traceJob } from 'blueprint-tracing'
import { endSpans, raise, report, startTracing } from './common.mjs'

const [way, temperature] = process.argv.slice(2)

const ways = {
  'natural end': () => {},
  exitCode: () => {
    process.exitCode = 5
  },
  'more spans in beforeExit': () => process.once('beforeExit', () => setTimeout(() => endSpans(10), 1)),
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
  'rejection of a job': () =>
    void traceJob('job', async () => {
      throw new Error('rejected in a job')
    }),
  'unsettled top-level await': () => new Promise(() => {}),
  SIGTERM: () => raise('SIGTERM'),
  SIGINT: () => raise('SIGINT'),
  SIGHUP: () => raise('SIGHUP'),
}

if (way === 'process.exit in an exit listener that was there first') {
  process.on('exit', () => {
    report(tracing)
    process.exit(3)
  })
}
const tracing = startTracing()
if (temperature === 'warm') {
  endSpans(1, 'first')
  await tracing.flush()
}
endSpans(1000)
if (process.env.PRINT_END !== undefined) writeSync(1, `${Date.now()}\n`)
await ways[way]()
