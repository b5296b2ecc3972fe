// Replaces a set-up whose backend is dead, and is through two seconds later, when the old one has been looked after.
import { initTracing } from 'blueprint-tracing'
import { endSpans } from './common.mjs'

initTracing({ exporters: { kind: 'otlp', url: process.argv[2] }, exitTimeoutMs: 500 })
endSpans(10)
initTracing({ enabled: false })
setTimeout(() => {}, 2_000)
