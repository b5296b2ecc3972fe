// Times calls of a function that was wrapped before tracing was settled as off against calls of the function itself, in
// interleaved rounds, and counts what the calls leave on the heap: nothing, or where a call gives an object, as much as the
// function itself. Prints one JSON line.
import { writeSync } from 'node:fs'
import { GCProfiler } from 'node:v8'
import { getTracer, initTracing, setTraceAttribute, traceFunction } from 'blueprint-tracing'

const CALLS = 10_000_000
/** Of those that allocate: too few for a collection, and one word a call would still be seen. */
const ALLOCATING_CALLS = 20_000
const ROUNDS = 9
const on = process.argv[2] === 'on'

const job = (a, b) => (a ^ b) + 1
const wrapped = traceFunction('wrapped', job)
const decorate = traceFunction('decorated')
const decorated = {
  standard: decorate((a, b) => (a ^ b) + 1, { kind: 'method', name: 'standard' }),
  legacy: decorate({}, 'legacy', { value: (a, b) => (a ^ b) + 1 }).value,
}
const allocating = {
  'an async function': async a => a,
  'a generator function': function* (a) {
    yield a
  },
  'an async generator function': async function* (a) {
    yield a
  },
}
const tracedAllocating = Object.entries(allocating).map(([what, fn]) => [what, fn, traceFunction(fn)])
const exporter = { name: 'none', export: () => ({ outcome: 'acked' }) }
initTracing(on ? { exporters: { kind: 'custom', exporter }, logger: false } : { enabled: false, logger: false })
const tracer = getTracer()

// Each subject is called from a loop of its own, so that none is slowed by what another has taught the compiler. It keeps what
// it has learnt by the text of the code, hence the number.
let loops = 0
const loopOf = body =>
  new Function(
    'subject',
    `// ${loops++}\n return calls => { let sum = 0; for (let i = 0; i < calls; i++) { ${body} } return sum }`,
  )
const direct = loopOf('sum = subject(sum, i)')(job)
const traced = loopOf('sum = subject(sum, i)')(wrapped)
const subjects = {
  'the wrapped function': traced,
  'the method of a standard decorator': loopOf('sum = subject.standard(sum, i)')(decorated),
  'the method of a legacy decorator': loopOf('sum = subject.legacy(sum, i)')(decorated),
  'startSpan and end': loopOf("subject.startSpan('s').end(); sum++")(tracer),
  span: loopOf("sum = subject.tracer.span('s', subject.job)")({ tracer, job: () => 1 }),
  setTraceAttribute: loopOf("subject('a', i); sum++")(setTraceAttribute),
}

writeSync(
  1,
  JSON.stringify({ ...(on ? {} : cost()), heap: heap(on ? ALLOCATING_CALLS : CALLS), allocating: allocatingHeap() }),
)
process.exit()

function cost() {
  const times = { direct: [], traced: [] }
  for (let round = 0; round < ROUNDS; round++) {
    times.direct.push(nanosecondsPerCall(direct))
    times.traced.push(nanosecondsPerCall(traced))
  }
  return { directNs: median(times.direct), tracedNs: median(times.traced) }
}

/** Of the processor's time: of the clock's, much goes by on a busy machine while nothing of ours runs. */
function nanosecondsPerCall(loop) {
  const start = process.cpuUsage()
  loop(CALLS)
  const { user, system } = process.cpuUsage(start)
  return ((user + system) * 1_000) / CALLS
}

function median(numbers) {
  return numbers.toSorted((a, b) => a - b)[numbers.length >> 1]
}

/** Bytes on the heap after the calls, less those before; a collection in between would hide some and is counted. */
function heap(calls) {
  return Object.fromEntries(
    Object.entries(subjects).map(([name, loop]) => {
      warmUp(loop)
      return [name, leastHeapOf(loop, calls)]
    }),
  )
}

/** Of the traced functions, less that of the functions themselves. The object is kept, or the compiler may save making it. */
function allocatingHeap() {
  return Object.fromEntries(
    tracedAllocating.map(([what, fn, traced]) => {
      const loops = [traced, fn].map(subject => loopOf('subject.kept = subject.fn(i); sum++')({ fn: subject }))
      for (const loop of loops) warmUp(loop)
      const [ours, theirs] = loops.map(loop => leastHeapOf(loop, ALLOCATING_CALLS))
      return [what, { bytes: ours.bytes - theirs.bytes, collections: ours.collections + theirs.collections }]
    }),
  )
}

/** In many short runs: one that the compiler replaces while it is under way begins the next time where this one did. */
function warmUp(loop) {
  for (let round = 0; round < (on ? 20 : 2_000); round++) loop(1_000)
}

/** Of five times: the compiler leaves something now and then, and so do the calls before it is done. */
function leastHeapOf(loop, calls) {
  const heaps = Array.from({ length: on ? 1 : 5 }, () => heapOf(loop, calls))
  return heaps.reduce((least, heap) =>
    heap.collections < least.collections || (heap.collections === least.collections && heap.bytes < least.bytes)
      ? heap
      : least,
  )
}

function heapOf(loop, calls) {
  globalThis.gc()
  const profiler = new GCProfiler()
  profiler.start()
  const before = process.memoryUsage().heapUsed
  loop(calls)
  const bytes = process.memoryUsage().heapUsed - before
  return { bytes, collections: profiler.stop().statistics.length }
}
