// Tells what travels from where, under the set-up that its argument gives, as one object of JSON.
import asyncHooks from 'node:async_hooks'
import { writeSync } from 'node:fs'

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

const {
  bindTraceContext,
  childEnv,
  extractTraceContext,
  getBaggage,
  getCurrentSpan,
  getRequestId,
  getTracer,
  initTracing,
  injectTraceContext,
  traceFunction,
  traceJob,
  withBaggage,
  withTraceContext,
} = await import('blueprint-tracing')

const REMOTE = {
  traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
  tracestate: 'a=b',
  baggage: 'k=v',
  'x-request-id': 'remote',
}
const answer = () => 42
const said = {}

const tracer = getTracer()
said.beforeSetUp = injectTraceContext()
const { enabled, propagating, exporters } = initTracing({ ...JSON.parse(process.argv[2]), logger: false })
Object.assign(said, { enabled, propagating, exporters })

said.outside = injectTraceContext()
said.childEnv = childEnv({})
said.requestId = getRequestId()
said.baggage = Object.fromEntries(getBaggage())
said.inSpan = tracer.span('span', headers)
said.inRoot = tracer.span('root', { root: true }, headers)
said.inNullParent = tracer.span('null', { parent: null }, headers)
said.inActive = tracer.startActiveSpan('active', span => {
  span.end()
  return injectTraceContext()
})
said.inJob = traceJob('some-job', headers)
said.current = tracer.span('span', () => getCurrentSpan() !== undefined)
said.bound = bindTraceContext(headers)()
said.wrapperIsFunction = traceFunction(answer) === answer
said.storagesOfSpans = storages
said.inEmpty = withTraceContext(extractTraceContext({}), headers)
said.inSpanInEmpty = withTraceContext(extractTraceContext({}), () => tracer.span('span', headers))
said.inRemote = withTraceContext(extractTraceContext(REMOTE), headers)
said.inSpanInRemote = withTraceContext(extractTraceContext(REMOTE), () => tracer.span('span', headers))
said.inBaggage = withBaggage({ own: '1' }, headers)
said.storages = storages
writeSync(1, JSON.stringify(said))

function headers() {
  return injectTraceContext()
}
