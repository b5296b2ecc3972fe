// What an active span with five attributes takes in ns, recorded or not sampled. argv: recorded | blueprint | opentelemetry, URL
import { tracerRounds } from '../contenders/tracer-rounds.mjs'
import { answerMessages } from './answer.mjs'
import { tracers } from './tracers.mjs'

const [subject, url] = process.argv.slice(2)
const subjects = {
  recorded: () => tracers.blueprint(url),
  blueprint: () => tracers.blueprint(url, { sampler: { kind: 'always_off' } }),
  opentelemetry,
}
const { tracer, flush } = await subjects[subject]()
const { active } = tracerRounds(tracer)

answerMessages(async ({ spans }) => {
  globalThis.gc({ type: 'minor' })
  const start = process.hrtime.bigint()
  active(spans)
  const ns = Number(process.hrtime.bigint() - start) / spans
  await flush()
  return { ns }
})

async function opentelemetry() {
  const { context, trace } = await import('@opentelemetry/api')
  const { AsyncLocalStorageContextManager } = await import('@opentelemetry/context-async-hooks')
  const { OTLPTraceExporter } = await import('@opentelemetry/exporter-trace-otlp-proto')
  const { AlwaysOffSampler, BasicTracerProvider, BatchSpanProcessor } = await import('@opentelemetry/sdk-trace-base')
  const spanProcessors = [new BatchSpanProcessor(new OTLPTraceExporter({ url }))]
  trace.setGlobalTracerProvider(new BasicTracerProvider({ sampler: new AlwaysOffSampler(), spanProcessors }))
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
  return { tracer: trace.getTracer('bench'), flush: async () => {} }
}
