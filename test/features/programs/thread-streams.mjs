// Ends a span under the options in argv[2], and prints whether setting tracing up has loaded node:net, and the stats.
import { initTracing } from 'blueprint-tracing'

const hasNet = () => process.moduleLoadList.includes('NativeModule net')
const before = hasNet()
const tracing = initTracing(JSON.parse(process.argv[2]))
const loadedNet = hasNet() && !before
tracing.tracer.startSpan('span').end()
await tracing.flush()
console.log(JSON.stringify({ loadedNet, stats: tracing.stats() }))
