// Ends 5,000 spans a second until memory is level: until its slope over the first minute after the warm-up, or from then on over two
// minutes, is at most argv[2] MB a minute, or argv[3] seconds are over. Prints a line of JSON: the last slope, resident memory once a
// second, and the counts.
import { setTimeout as sleep } from 'node:timers/promises'
import { getTracer, initTracing } from 'blueprint-tracing'

const SPANS_PER_SECOND = 5_000
const SLICES_PER_SECOND = 50
/** Until the budget is spent and both heaps have found their size. */
const WARM_UP_SECONDS = 30
const FIRST_MEASURED_SECONDS = 60
const FIRST_LOOK_SECONDS = WARM_UP_SECONDS + FIRST_MEASURED_SECONDS
/** Less is chance where it is looked at again and again. */
const MEASURED_SECONDS = 120

const [maxSlope, maxSeconds] = process.argv.slice(2).map(Number)
const tracing = initTracing(JSON.parse(process.env.TRACING_OPTIONS))
const tracer = getTracer()
const residentBytes = []
const startMs = performance.now()

function endSlice() {
  for (let item = 0; item < SPANS_PER_SECOND / SLICES_PER_SECOND; item++) {
    const span = tracer.startSpan('weld vertices')
    span.setAttribute('item', item)
    span.setAttribute('pipeline.step', 'regen3d')
    span.setAttribute(
      'mesh.source',
      'a scanned surface with a few open edges, cleaned and welded, then written to a file',
    )
    span.end()
  }
}

/** MB a minute; of the lowest reading in every ten seconds, what is left after the collector of garbage. */
function slope() {
  const isFirst = residentBytes.length === FIRST_LOOK_SECONDS
  const measured = residentBytes.slice(isFirst ? -FIRST_MEASURED_SECONDS : -MEASURED_SECONDS)
  const lowest = []
  for (let from = 0; from < measured.length; from += 10) lowest.push(Math.min(...measured.slice(from, from + 10)))
  return (leastSquares(lowest) * 6) / 1e6
}

function leastSquares(values) {
  const meanX = (values.length - 1) / 2
  const meanY = values.reduce((sum, value) => sum + value, 0) / values.length
  const covariance = values.reduce((sum, value, x) => sum + (x - meanX) * (value - meanY), 0)
  return covariance / values.reduce((sum, _, x) => sum + (x - meanX) ** 2, 0)
}

function isLevel() {
  const seconds = residentBytes.length
  const isLater = seconds >= WARM_UP_SECONDS + MEASURED_SECONDS && seconds % 10 === 0
  return (seconds === FIRST_LOOK_SECONDS || isLater) && slope() <= maxSlope
}

while (!isLevel() && residentBytes.length < maxSeconds) {
  for (let slice = 1; slice <= SLICES_PER_SECOND; slice++) {
    endSlice()
    // Paced by the clock: a late slice does not delay those after it.
    await sleep(startMs + (residentBytes.length + slice / SLICES_PER_SECOND) * 1000 - performance.now())
  }
  globalThis.gc()
  residentBytes.push(process.memoryUsage.rss())
}
// Longer than a healthy collector takes on a busy machine; a dead one takes all of it.
await tracing.shutdown({ timeoutMs: 10_000 })
console.log(JSON.stringify({ slope: slope(), residentBytes, stats: tracing.stats() }))
