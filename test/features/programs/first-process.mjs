// Ends a span before and one after it has sent itself SIGTERM. Prints whether it is process 1, and the counts.
import { writeSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { getTracer, getTracing } from 'blueprint-tracing'

const tracing = getTracing()
getTracer().startSpan('before').end()
process.kill(process.pid, 'SIGTERM')
await sleep(100)
getTracer().startSpan('after').end()
process.on('exit', () => writeSync(1, JSON.stringify({ first: process.pid === 1, stats: tracing.stats() })))
