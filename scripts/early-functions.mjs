// Prints, for each file in the folder argv[2], where the functions start that run before a program's first span is over.
import { Session } from 'node:inspector/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

const [, , folder] = process.argv
const session = new Session()
session.connect()
await session.post('Profiler.enable')
await session.post('Profiler.startPreciseCoverage', { callCount: false, detailed: false })

const { initTracing } = await import(urlOf('index.js'))
// Of the index no more than that: every program imports it, and not every one records.
const imported = await startsOf('index.js')
const exporters = { kind: 'otlp', url: 'http://127.0.0.1:9' }
const { tracer, enabled } = initTracing({ exporters, logger: false, exitTimeoutMs: 0 })
if (!enabled) throw new Error(`what was built in ${folder} does not trace`)
tracer.startSpan('first').end()
const started = await startsOf('recording.cjs')
console.log(JSON.stringify({ 'index.js': imported, 'recording.cjs': started }))
process.exit()

async function startsOf(file) {
  const { result } = await session.post('Profiler.takePreciseCoverage')
  const { functions } = result.find(({ url }) => url === urlOf(file))
  // The code outside of functions is one without a name, at the very start.
  const named = functions.filter(({ functionName }) => functionName !== '')
  return named.flatMap(({ ranges: [{ count, startOffset }] }) => (count > 0 ? startOffset : []))
}

function urlOf(file) {
  return pathToFileURL(join(folder, file)).href
}
