// Uses every part of the tracer, set up with the options in argv[2] ('unset': by the first span), and prints what that left
// behind in the process: handles, listeners, storages, threads and modules.
import asyncHooks from 'node:async_hooks'
import { writeSync } from 'node:fs'
import { createRequire } from 'node:module'

const options = process.argv[2] === 'unset' ? undefined : JSON.parse(process.argv[2])
const require = createRequire(import.meta.url)
let storages = 0
const { AsyncLocalStorage } = asyncHooks
// An assignment will not do: from Node 22 on it is a getter.
Object.defineProperty(asyncHooks, 'AsyncLocalStorage', {
  value: class extends AsyncLocalStorage {
    constructor() {
      super()
      storages++
    }
  },
})

const before = inventory()
const tracing = await import('blueprint-tracing')
const job = n => n + 1
const wrapped = tracing.traceFunction('early', job)
if (options !== undefined) tracing.initTracing(options)
useEverything()
const same = tracing.traceFunction({ name: 'late' }, job) === job
await tracing.getTracing().flush({ timeoutMs: 1_000 })
const after = inventory()
writeSync(1, JSON.stringify({ same, before, after }))
process.exit()

function useEverything() {
  const tracer = tracing.getTracer()
  tracer.startSpan('span').setAttribute('a', 1).end()
  tracer.startActiveSpan('active', span => span.end())
  tracer.span('span', () => tracing.setTraceAttribute('a', 1))
  tracing.traceJob('a-job', { sceneId: 's' }, () => tracing.setTraceError(new Error('e')))
  tracing.bindTraceContext(wrapped)(wrapped(1))
  tracing.injectTraceContext()
  tracing.extractTraceContext({ traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' })
  tracing.getRequestId()
  tracing.childEnv({})
}

function inventory() {
  return {
    resources: process.getActiveResourcesInfo(),
    listeners: process.eventNames().map(name => `${String(name)} ${process.listenerCount(name)}`),
    storages,
    builtins: ['worker_threads', 'crypto', 'http'].filter(name =>
      process.moduleLoadList.includes(`NativeModule ${name}`),
    ),
    undici: Object.keys(require.cache).some(path => /[\\/]undici[\\/]/.test(path)),
  }
}
