/** Loses its export thread: `terminated` while it holds 300 spans, or killed by its heap limit before it starts. */
import { once } from 'node:events'
import threads from 'node:worker_threads'
import { endSpans, startTracing } from './common.mjs'

const [death, way] = process.argv.slice(2)
if (death === 'over its heap limit') limitHeaps()
const started = once(process, 'worker')
const tracing = startTracing()
const [worker] = await started
const holding = setInterval(() => {}, 1000)
if (death === 'terminated with spans') {
  endSpans(300)
  while (tracing.stats().exporters.otlp.requests === 0) await new Promise(resolve => setTimeout(resolve, 5))
  endSpans(700)
  await worker.terminate()
} else if (death === 'terminated unnoticed') {
  endSpans(1, 'first')
  await tracing.flush()
  void worker.terminate()
  endSpans(1000)
} else {
  endSpans(1000)
  if (way === 'natural end') await new Promise(resolve => worker.once('exit', resolve))
}
clearInterval(holding)
if (way === 'process.exit(3)') process.exit(3)

function limitHeaps() {
  const { Worker } = threads
  threads.Worker = class extends Worker {
    constructor(url, options) {
      super(url, { ...options, resourceLimits: { maxOldGenerationSizeMb: 2 } })
    }
  }
}
