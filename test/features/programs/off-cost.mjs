// Times calls of a function that was wrapped before tracing was settled as off against calls of the function itself, in
// interleaved rounds, and counts what the calls leave on the heap. Prints one JSON line.
import { writeSync } from 'node:fs'
import { GCProfiler } from 'node:v8'
import { getTracer, initTracing, setTraceAttribute, traceFunction } from 'blueprint-tracing'

const CALLS = 10_000_000
const ROUNDS = 9
const on = process.argv[2] === 'on'

const job = (a, b) => (a ^ b) + 1
const wrapped = traceFunction('wrapped', job)
const exporter = { name: 'none', export: () => ({ outcome: 'acked' }) }
initTracing(on ? { exporters: { kind: 'custom', exporter }, logger: false } : { enabled: false, logger: false })
const tracer = getTracer()

// Each subject is called from a loop of its own, so that none is slowed by what another has taught the compiler.
const loopOf = body =>
  new Function('subject', `return calls => { let sum = 0; for (let i = 0; i < calls; i++) { ${body} } return sum }`)
const direct = loopOf('sum = subject(sum, i)')(job)
const traced = loopOf('sum = subject(sum, i)')(wrapped)
const subjects = {
  'the wrapped function': traced,
  'startSpan and end': loopOf("subject.startSpan('s').end(); sum++")(tracer),
  span: loopOf("sum = subject.tracer.span('s', subject.job)")({ tracer, job: () => 1 }),
  setTraceAttribute: loopOf("subject('a', i); sum++")(setTraceAttribute),
}

writeSync(1, JSON.stringify({ ...(on ? {} : cost()), heap: heap(on ? 100_000 : CALLS) }))
process.exit()

function cost() {
  const times = { direct: [], traced: [] }
  for (let round = 0; round < ROUNDS; round++) {
    times.direct.push(nanosecondsPerCall(direct))
    times.traced.push(nanosecondsPerCall(traced))
  }
  return { directNs: median(times.direct), tracedNs: median(times.traced) }
}

function nanosecondsPerCall(loop) {
  const start = process.hrtime.bigint()
  loop(CALLS)
  return Number(process.hrtime.bigint() - start) / CALLS
}

function median(numbers) {
  return numbers.toSorted((a, b) => a - b)[numbers.length >> 1]
}

/** Bytes on the heap after the calls, less those before; a collection in between would hide some and is counted. */
function heap(calls) {
  return Object.fromEntries(
    Object.entries(subjects).map(([name, loop]) => {
      for (let round = 0; round < 5; round++) loop(calls / 10)
      globalThis.gc()
      const profiler = new GCProfiler()
      profiler.start()
      const before = process.memoryUsage().heapUsed
      loop(calls)
      const bytes = process.memoryUsage().heapUsed - before
      return [name, { bytes, collections: profiler.stop().statistics.length }]
    }),
  )
}
