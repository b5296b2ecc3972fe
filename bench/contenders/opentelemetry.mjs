import { context, trace } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto'
import { BasicTracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace-base'
import { tracerRounds } from './tracer-rounds.mjs'

/** Its own defaults, but for a queue that holds a whole round and requests enough for it: otherwise it would drop most of it. */
const MAX_QUEUE_SIZE = 200_000
const CONCURRENT_REQUESTS = 1_000

export function create(url) {
  return createOpenTelemetry({ url, concurrencyLimit: CONCURRENT_REQUESTS }, { maxQueueSize: MAX_QUEUE_SIZE })
}

export function createOpenTelemetry(exporterOptions, processorOptions) {
  const processor = new BatchSpanProcessor(new OTLPTraceExporter(exporterOptions), processorOptions)
  const provider = new BasicTracerProvider({ spanProcessors: [processor] })
  trace.setGlobalTracerProvider(provider)
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
  return {
    rounds: tracerRounds(trace.getTracer('bench')),
    flush: () => provider.forceFlush(),
  }
}
