// Ends 500 spans, then keeps the event loop busy for argv[2] ms. Prints when the last span ended and the counts.
import { writeSync } from 'node:fs'
import { endSpans, startTracing } from './common.mjs'

startTracing()
endSpans(500)
const endedMs = Date.now()
writeSync(2, `ended ${endedMs}\n`)
while (Date.now() - endedMs < Number(process.argv[2])) Math.sqrt(endedMs)
