// Traces with the program's own copy of the package and with the one that a library has brought, and ends as it is told.
import { writeSync } from 'node:fs'
import { getCurrentSpan, getTracer, getTracing, initTracing, traceJob } from 'blueprint-tracing'
import { tracing as library } from 'library'

const [how] = process.argv.slice(2)
const handlers = () => ['SIGTERM', 'SIGINT', 'SIGHUP', 'exit'].map(name => process.listenerCount(name))
const before = handlers()
let sameCurrent = false

initTracing()
if (how === 'replaced') {
  getTracer().startSpan('before', { root: true }).end()
  library.initTracing()
}
await traceJob('outer', async outer => {
  await library.getTracer().span('library', async span => {
    sameCurrent = getCurrentSpan() === span
    getTracer().startSpan('given parent', { parent: outer }).end()
    await getTracer().span('inner', async () => library.traceJob('innermost', () => {}))
  })
})
getTracer().startSpan('open')
const differences = handlers().map((count, index) => count - before[index])
writeSync(1, JSON.stringify({ distinct: library.initTracing !== initTracing, sameCurrent, differences }))
process.on('exit', () => writeSync(1, `\n${JSON.stringify(getTracing().stats())}`))
if (how === 'SIGTERM') {
  setInterval(() => {}, 1000)
  process.kill(process.pid, 'SIGTERM')
} else if (how === 'exit') process.exit(3)
