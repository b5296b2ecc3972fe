import { ProtobufTraceSerializer } from '@opentelemetry/otlp-transformer'
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base'
import { openSpans, type Texts } from './spans.ts'

/** OpenTelemetry JS's own serializer, over its own ended spans. */
export function create(texts: Texts): () => Uint8Array {
  const exporter = new InMemorySpanExporter()
  const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] })
  for (const span of openSpans(provider.getTracer('bench'), texts)) span.end()
  const spans = exporter.getFinishedSpans()
  return () => ProtobufTraceSerializer.serializeRequest(spans)!
}
