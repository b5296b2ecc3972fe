// Ends 499 spans and, halfway, one with an attribute of argv[2] bytes.
import { getTracer } from 'blueprint-tracing'
import { endSpans, startTracing } from './common.mjs'

startTracing()
endSpans(250)
getTracer()
  .startSpan('huge')
  .setAttribute('mesh', 'x'.repeat(Number(process.argv[2])))
  .end()
endSpans(249)
