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
const forms = {
  'a function': job,
  'an async function': async n => n + 1,
  'a generator function': function* (n) {
    yield n
  },
  'an async generator function': async function* (n) {
    yield n
  },
}
const early = Object.values(forms).map(fn => tracing.traceFunction(fn))
if (options !== undefined) tracing.initTracing(options)
useEverything()
for (const traced of early) await useTraced(traced)
const same = Object.fromEntries(Object.entries(forms).flatMap(([what, fn]) => waysToTrace(what, fn)))
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

/** Of each way to trace a function: whether it gives the function itself; of a legacy decorator, its descriptor. */
function waysToTrace(what, fn) {
  const descriptor = { value: fn, writable: true, enumerable: false, configurable: true }
  return [
    [`${what}, wrapped`, tracing.traceFunction(fn) === fn],
    [`${what}, wrapped with options`, tracing.traceFunction({ name: 'late' }, fn) === fn],
    [`${what}, by a standard decorator`, tracing.traceFunction()(fn, { kind: 'method', name: 'fn' }) === fn],
    [`${what}, by a legacy decorator`, tracing.traceFunction()({}, 'fn', descriptor) === descriptor],
  ]
}

async function useTraced(traced) {
  const result = await traced(1)
  if (typeof result === 'number') return
  for await (const _ of result) break
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
