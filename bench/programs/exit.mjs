// A program that ends while its spans are on their way; prints the monotonic time in ns of its last line.
// argv: none | blueprint | opentelemetry, URL, spans
import { tracerRounds } from '../contenders/tracer-rounds.mjs'
import { tracers } from './tracers.mjs'

const [subject, url, spans] = process.argv.slice(2)
const { tracer } = await tracers[subject](url)
tracerRounds(tracer).active(Number(spans))
process.stdout.write(String(process.hrtime.bigint()))

if (subject === 'opentelemetry') {
  const { trace } = await import('@opentelemetry/api')
  await trace.getTracerProvider().getDelegate().shutdown()
}
process.exit(0)
