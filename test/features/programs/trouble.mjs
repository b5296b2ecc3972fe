// Ends argv[3] spans, by default one, waits until what argv[2] names has happened to them, and ends.
import { setTimeout as sleep } from 'node:timers/promises'
import { endSpans, startTracing } from './common.mjs'

const [awaited, count = '1'] = process.argv.slice(2)

const happened = {
  'a first failure': ({ failures, pending }) => failures > 0 || pending === 0,
  'the end of all': ({ pending }) => pending === 0,
}

const tracing = startTracing()
endSpans(Number(count))
while (!Object.values(tracing.stats().exporters).every(happened[awaited])) await sleep(5)
