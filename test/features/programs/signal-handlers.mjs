/** Has a handler of its own for SIGTERM, ends 1,000 spans and gets the signal. */
import { endSpans, raise, startTracing } from './common.mjs'

const handlers = {
  'exits with a code': () => process.on('SIGTERM', () => process.exit(7)),
  'lets the program end later': () =>
    process.on('SIGTERM', () => {
      process.exitCode = 8
      setTimeout(() => process.exit(), 20)
    }),
  'raises the signal again': () => process.once('SIGTERM', () => process.kill(process.pid, 'SIGTERM')),
  'raises the signal again if it is the only one, as signal-exit does': () => process.on('SIGTERM', raiseIfAlone),
}

function raiseIfAlone() {
  if (process.listenerCount('SIGTERM') > 1) return
  process.removeListener('SIGTERM', raiseIfAlone)
  process.kill(process.pid, 'SIGTERM')
}

const [handler, order] = process.argv.slice(2)
if (order === 'before tracing') handlers[handler]()
startTracing()
if (order === 'after tracing') handlers[handler]()
endSpans(1000)
raise('SIGTERM')
