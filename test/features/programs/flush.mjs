// Ends argv[2] spans and has them flushed for as long as it takes, up to a minute.
import { endSpans, startTracing } from './common.mjs'

const tracing = startTracing()
endSpans(Number(process.argv[2]))
await tracing.flush({ timeoutMs: 60_000 })
