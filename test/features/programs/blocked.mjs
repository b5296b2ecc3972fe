// Ends argv[2] spans and then computes for argv[3] ms; prints when that began and ended, in epoch ms.
import { writeSync } from 'node:fs'
import { endSpans, startTracing } from './common.mjs'

const tracing = startTracing()
endSpans(1, 'first')
await tracing.flush()
const startMs = Date.now()
const endMs = startMs + Number(process.argv[3])
endSpans(Number(process.argv[2]))
while (Date.now() < endMs);
writeSync(2, `blocked from ${startMs} to ${endMs}\n`)
