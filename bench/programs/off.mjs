// What a call takes in ns while tracing is off: of a bare function, a traced one, or a span. argv: one of the subjects
import { trace } from '@opentelemetry/api'
import { getTracer, initTracing, traceFunction } from 'blueprint-tracing'
import { tracerRounds } from '../contenders/tracer-rounds.mjs'
import { answerMessages } from './answer.mjs'

const subjects = {
  bare: () => calls(add),
  'wrapped while off': () => {
    initTracing({ enabled: false })
    return calls(traceFunction({ name: 'add' }, add))
  },
  'wrapped before': () => {
    const traced = traceFunction({ name: 'add' }, add)
    initTracing({ enabled: false })
    return calls(traced)
  },
  'blueprint span': () => {
    initTracing({ enabled: false })
    return tracerRounds(getTracer()).active
  },
  'opentelemetry span': () => tracerRounds(trace.getTracer('bench')).active,
}

const run = subjects[process.argv[2]]()
answerMessages(({ times }) => {
  globalThis.gc()
  const heapBefore = process.memoryUsage().heapUsed
  const start = process.hrtime.bigint()
  run(times)
  const ns = Number(process.hrtime.bigint() - start) / times
  return { ns, heapBytes: process.memoryUsage().heapUsed - heapBefore }
})

function add(a, b) {
  return (a + b) | 0
}

/** The result goes on into the next call, so that no call can be left out. */
function calls(fn) {
  return times => {
    let sum = 0
    for (let i = 0; i < times; i++) sum = fn(sum, i)
    return sum
  }
}
