// What it takes in ns to take a context out of headers and put it into others, right after a full garbage collection and later.
// argv: blueprint | opentelemetry
import { answerMessages } from './answer.mjs'

/**
 * A full collection takes the last object of a kind along, and V8 with it the code that it has optimised for these: the operations that
 * follow show it, and after some thousands the code is there again.
 */
const AFTER_COLLECTION = 500
const SETTLING = 3_000

/** As many as no cache of the last few would hold. */
const REQUESTS = Array.from({ length: 512 }, (_, i) => ({
  traceparent: `00-4bf92f3577b34da6a3ce929d${i.toString(16).padStart(8, '0')}-00f067aa0ba902b7-01`,
  tracestate: 'rojo=00f067aa0ba902b7,congo=t61rcWkgMzE',
  baggage: `tenant=acme,scene.id=scene_${i},region=eu-west-1`,
}))

const subjects = { blueprint, opentelemetry }
const operations = await subjects[process.argv[2]]()

answerMessages(({ operation, times }) => {
  const perform = operations[operation]
  globalThis.gc()
  const afterCollectionNs = nanosecondsEach(perform, AFTER_COLLECTION)
  perform(SETTLING)
  return { ns: nanosecondsEach(perform, times), afterCollectionNs, carrier: perform(1) }
})

function nanosecondsEach(perform, times) {
  const start = process.hrtime.bigint()
  perform(times)
  return Number(process.hrtime.bigint() - start) / times
}

async function blueprint() {
  const { extractTraceContext, initTracing, injectTraceContext, withTraceContext } = await import('blueprint-tracing')
  initTracing({ exporters: [], enabled: true, logger: false, propagators: ['tracecontext', 'baggage'] })
  return {
    extract: each(headers => extractTraceContext(headers)),
    inject: times =>
      withTraceContext(extractTraceContext(REQUESTS[0]), () => each(() => injectTraceContext({}))(times)),
    propagate: each(headers => withTraceContext(extractTraceContext(headers), () => injectTraceContext({}))),
  }
}

async function opentelemetry() {
  const { context, propagation, ROOT_CONTEXT } = await import('@opentelemetry/api')
  const { AsyncLocalStorageContextManager } = await import('@opentelemetry/context-async-hooks')
  const core = await import('@opentelemetry/core')
  const propagators = [new core.W3CTraceContextPropagator(), new core.W3CBaggagePropagator()]
  propagation.setGlobalPropagator(new core.CompositePropagator({ propagators }))
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
  const extract = headers => propagation.extract(ROOT_CONTEXT, headers)
  function inject() {
    const carrier = {}
    propagation.inject(context.active(), carrier)
    return carrier
  }
  return {
    extract: each(extract),
    inject: times => context.with(extract(REQUESTS[0]), () => each(inject)(times)),
    propagate: each(headers => context.with(extract(headers), inject)),
  }
}

/** Gives what the last time gave. */
function each(perform) {
  return times => {
    let result
    for (let i = times - 1; i >= 0; i--) result = perform(REQUESTS[i & 511])
    return result
  }
}
