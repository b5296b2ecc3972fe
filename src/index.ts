export { getBaggage, withBaggage } from './trace/baggage.ts'
export { extractTraceContext, injectTraceContext } from './trace/carriers.ts'
export { bindTraceContext, withTraceContext } from './trace/context.ts'
export { getCurrentSpan, setTraceAttribute, setTraceError } from './trace/current-span.ts'
export { logFields } from './trace/log-fields.ts'
export { ensureRequestId, getRequestId } from './trace/request-id.ts'
export { traceFunction } from './trace/trace-function.ts'
export { traceJob } from './trace/trace-job.ts'
export { childEnv, getTracer, getTracing, initTracing } from './tracing.ts'
export type { BaggageEntries, BaggageEntry, Carrier, HeadersLike, TraceContext } from './types/context.ts'
export type {
  EventView,
  Exporter,
  ExporterFactory,
  ExportResult,
  JsonValue,
  LinkView,
  SpanBatch,
  SpanView,
  ViewAttributes,
  ViewValue,
} from './types/exporter.ts'
export type {
  CloudTraceExporterOptions,
  ConsoleExporterOptions,
  CustomExporterOptions,
  ExporterOptions,
  FileExporterOptions,
  JaegerExporterOptions,
  Logger,
  LogLevel,
  ModuleExporterOptions,
  OtlpExporterOptions,
  PropagatorName,
  RetryOptions,
  SamplerOptions,
  SpanLimits,
  TlsOptions,
  TracingOptions,
  ZipkinExporterOptions,
} from './types/options.ts'
export type { RedactField, RedactOptions } from './types/redact.ts'
export type {
  Attributes,
  AttributeValue,
  HrTime,
  JobOptions,
  Link,
  Span,
  SpanContext,
  SpanOptions,
  SpanParent,
  SpanStatus,
  TimeInput,
  TraceFunctionDecorator,
  TraceFunctionOptions,
  Tracer,
  TraceState,
} from './types/span.ts'
export { SpanKind, SpanStatusCode } from './types/span.ts'
export type { DropCounts, ExporterStats, FlushResult, Stats, Tracing } from './types/tracing.ts'
