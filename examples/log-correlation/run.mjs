// Logs a job with pino, each line with the span that it was written in. argv: 'otel' (default) or 'gcp', and a file for the spans.
import { getTracer, initTracing, logFields, traceJob } from 'blueprint-tracing'
import pino from 'pino'

const [format = 'otel', path = 'traces.jsonl'] = process.argv.slice(2)
initTracing({ exporters: { kind: 'file', path } })

/** What Cloud Logging calls pino's levels. */
const SEVERITIES = { trace: 'DEBUG', debug: 'DEBUG', info: 'INFO', warn: 'WARNING', error: 'ERROR', fatal: 'CRITICAL' }
const cloudLogging = {
  messageKey: 'message',
  timestamp: pino.stdTimeFunctions.isoTime,
  formatters: { level: label => ({ severity: SEVERITIES[label] }) },
}

const log = pino({ ...(format === 'gcp' && cloudLogging), mixin: () => logFields(format) })

log.info('before the job')
await traceJob('regen3d-job', { sceneId: 'scene_bunny' }, async () => {
  log.info('job started')
  await getTracer().span('load mesh', async () => {
    await new Promise(resolve => setImmediate(resolve))
    log.child({ vertices: 35_947 }).info('mesh loaded')
  })
  log.warn('no texture')
})
