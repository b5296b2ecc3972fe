// Bytes that a span takes from the heap of the thread that records it. argv: none | blueprint | opentelemetry, URL
// The young generation has to hold a whole round: --min-semi-space-size.
import { PerformanceObserver } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import { tracerRounds } from '../contenders/tracer-rounds.mjs'
import { answerMessages } from './answer.mjs'
import { tracers } from './tracers.mjs'

const [subject, url] = process.argv.slice(2)
const { tracer, flush } = await tracers[subject](url)
const rounds = tracerRounds(tracer)

let collections = 0
new PerformanceObserver(list => {
  collections += list.getEntries().length
}).observe({ entryTypes: ['gc'] })

answerMessages(async ({ kind, spans }) => {
  globalThis.gc()
  // The observer is told in a later turn.
  await sleep(1)
  collections = 0
  const before = process.memoryUsage().heapUsed
  rounds[kind](spans)
  const bytes = (process.memoryUsage().heapUsed - before) / spans
  await sleep(1)
  if (collections > 0) throw new Error(`invalid: ${subject} was collected while it was measured`)
  await flush()
  return { bytes }
})
