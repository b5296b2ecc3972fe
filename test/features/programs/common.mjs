import { writeSync } from 'node:fs'
import { getTracer, initTracing } from 'blueprint-tracing'
import { ownExporter } from './own-exporter.mjs'

/**
 * Sets tracing up with the options in TRACING_OPTIONS and `more`, and with OWN_EXPORTER for an exporter object that answers like
 * that, beside OTLP if that has an endpoint; at exit, what `stats()` says goes to stdout.
 */
export function startTracing(more = {}) {
  const { OWN_EXPORTER, TRACING_OPTIONS = '{}' } = process.env
  const own = OWN_EXPORTER && { exporters: [{ kind: 'custom', exporter: ownExporter(OWN_EXPORTER) }] }
  if (own && process.env.OTEL_EXPORTER_OTLP_ENDPOINT) own.exporters.push({ kind: 'otlp' })
  const tracing = initTracing({ ...own, ...JSON.parse(TRACING_OPTIONS), ...more })
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
