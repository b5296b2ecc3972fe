// Ends 5,000 spans a second for argv[2] seconds. Prints a line of JSON: resident memory once a second, and the counts.
import { setTimeout as sleep } from 'node:timers/promises'
import { getTracer, initTracing } from 'blueprint-tracing'

const SPANS_PER_SECOND = 5_000
const SLICES_PER_SECOND = 50

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

for (let second = 1; second <= Number(process.argv[2]); second++) {
  for (let slice = 1; slice <= SLICES_PER_SECOND; slice++) {
    endSlice()
    // Paced by the clock: a late slice does not delay those after it.
    await sleep(startMs + (second - 1 + slice / SLICES_PER_SECOND) * 1000 - performance.now())
  }
  globalThis.gc()
  residentBytes.push(process.memoryUsage.rss())
}
await tracing.shutdown({ timeoutMs: 2_000 })
console.log(JSON.stringify({ residentBytes, stats: tracing.stats() }))
