// Ends a span with argv[2] random bytes as text, then the process.
import { randomBytes } from 'node:crypto'
import { getTracer } from 'blueprint-tracing'
import { startTracing } from './common.mjs'

startTracing()
const span = getTracer().startSpan('scan')
span.setAttribute('mesh', randomBytes(Number(process.argv[2])).toString('base64'))
span.end()
process.exit(0)
