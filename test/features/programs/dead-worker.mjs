/** Loses its export thread in the way that is asked for, ends 1,000 spans and then itself. */
import { once } from 'node:events'
import threads from 'node:worker_threads'
import { endSpans, startTracing } from './common.mjs'

const [death, way] = process.argv.slice(2)

const deaths = {
  'terminated with spans': async () => {
    endSpans(300)
    while (tracing.stats().exporters.otlp.requests === 0) await new Promise(resolve => setTimeout(resolve, 5))
    // In this order, since a thread that lives on for a moment might take these spans along as well.
    const gone = worker.terminate()
    endSpans(700)
    await gone
  },
  'terminated unnoticed': async () => {
    endSpans(1, 'first')
    await tracing.flush()
    void worker.terminate()
    endSpans(1000)
  },
  'over its heap limit': async () => {
    endSpans(1000)
    if (way === 'natural end') await new Promise(resolve => worker.once('exit', resolve))
  },
}

if (death === 'over its heap limit') limitHeaps()
const started = once(process, 'worker')
const tracing = startTracing()
const [worker] = await started
// Neither the export thread nor its end holds the process.
const holding = setInterval(() => {}, 1000)
await deaths[death]()
clearInterval(holding)
if (way === 'process.exit(3)') process.exit(3)

/** A limit too low for the thread to start with would end the whole process from Node 22 on, so it starts and then fills its heap. */
function limitHeaps() {
  const { Worker } = threads
  threads.Worker = class extends Worker {
    constructor(_url, options) {
      const resourceLimits = { ...options.resourceLimits, maxOldGenerationSizeMb: 16 }
      super(new URL('full-heap.mjs', import.meta.url), { ...options, resourceLimits })
    }
  }
}
