import { writeSync } from 'node:fs'
import { getTracer, initTracing } from 'blueprint-tracing'

/** Sets tracing up with the options in TRACING_OPTIONS and `more`; at exit, what `stats()` says goes to stdout. */
export function startTracing(more = {}) {
  const tracing = initTracing({ ...JSON.parse(process.env.TRACING_OPTIONS ?? '{}'), ...more })
  process.on('exit', () => report(tracing))
  return tracing
}

export function report(tracing) {
  writeSync(1, JSON.stringify(tracing.stats()))
}

export function endSpans(count, name = 'work') {
  for (let item = 0; item < count; item++) getTracer().startSpan(name, { attributes: { item } }).end()
}

/** Sends this process a signal while its event loop turns. */
export function raise(signal) {
  setInterval(() => {}, 1000)
  process.kill(process.pid, signal)
}
