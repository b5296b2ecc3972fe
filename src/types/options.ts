import type { Exporter, JsonValue } from './exporter.ts'
import type { RedactOptions } from './redact.ts'
import type { Attributes } from './span.ts'

/** Every option also accepts `undefined`, which means its default. */
export interface TracingOptions {
  /** Default OTEL_SERVICE_NAME, else `service.name` of OTEL_RESOURCE_ATTRIBUTES, else 'blueprint-pipeline'. */
  serviceName?: string | undefined
  /** Default SERVICE_VERSION, else 'unknown'. */
  serviceVersion?: string | undefined
  /** Becomes `deployment.environment`. Default PIPELINE_ENV, else 'local'. */
  environment?: string | undefined
  /** Beats OTEL_RESOURCE_ATTRIBUTES key by key. */
  resource?: Attributes | undefined
  /** Beats every environment variable. Absent: the environment decides. */
  enabled?: boolean | undefined
  /** Beats the environment. An empty list means none. */
  exporters?: ExporterOptions | readonly ExporterOptions[] | undefined
  /** Default `{ kind: 'parentbased_always_on' }`. */
  sampler?: SamplerOptions | undefined
  /** Default OTEL_PROPAGATORS, else tracecontext, baggage and request-id. */
  propagators?: readonly PropagatorName[] | undefined
  limits?: Partial<SpanLimits> | undefined
  /** What must not leave the process. Default nothing. */
  redact?: RedactOptions | undefined
  /** Default 'worker'. On 'main' neither `process.exit` nor a throw can be waited for. */
  exportThread?: 'worker' | 'main' | undefined
  /** Bytes ended and not yet settled; the only place where a span can be dropped for room. 64 MiB, at least 1 MiB. */
  maxQueueBytes?: number | undefined
  /** Span bytes per request, 512 KiB. A single span may exceed it. */
  maxBatchBytes?: number | undefined
  /** Longest wait of a batch's oldest span, counted from `end()`, in ms. Default 500. */
  maxBatchDelayMs?: number | undefined
  /** Per request, in ms. Default 10,000. */
  exportTimeoutMs?: number | undefined
  retry?: RetryOptions | undefined
  /** The longest that process exit may be held, in ms. Default 2,000. */
  exitTimeoutMs?: number | undefined
  /** Default true: SIGTERM, SIGINT and SIGHUP flush where the program has no handler of its own. */
  handleSignals?: boolean | undefined
  /** Default: lines beginning 'blueprint-tracing:' on stderr. */
  logger?: Logger | false | undefined
}

export interface RetryOptions {
  /** Time after which a batch is given up, from its first attempt, in ms. Default 120,000. */
  maxElapsedMs?: number | undefined
  /** Ceiling of the first wait, in ms. Default 1,000. */
  initialDelayMs?: number | undefined
  /** Ceiling of every wait, in ms. Default 30,000. */
  maxDelayMs?: number | undefined
}

/**
 * 'probability' takes a share of all traces such that every service that takes a larger one takes these as well, and says so in
 * `tracestate` (OpenTelemetry, "TraceState: Probability Sampling"). 'traceidratio' agrees with OpenTelemetry JS alone.
 */
export type SamplerOptions =
  | { readonly kind: 'always_on' | 'always_off' | 'parentbased_always_on' | 'parentbased_always_off' }
  | {
      readonly kind: 'traceidratio' | 'parentbased_traceidratio' | 'probability' | 'parentbased_probability'
      /** From 0 to 1, default 1. */
      readonly ratio?: number | undefined
    }

/**
 * Headers are read in the order of the list, and the first parent that one of them names is taken; all are written.
 * 'b3' writes one header, 'b3multi' several; each reads both forms.
 */
export type PropagatorName =
  | 'tracecontext'
  | 'baggage'
  | 'request-id'
  | 'b3'
  | 'b3multi'
  | 'jaeger'
  | 'gcp_trace'
  | 'none'

/** 128 each, value length unlimited. The first ones are kept, the rest are counted. */
export interface SpanLimits {
  readonly attributeCount: number
  /** Characters of one string value. */
  readonly attributeValueLength: number
  readonly eventCount: number
  readonly linkCount: number
  readonly attributesPerEvent: number
  readonly attributesPerLink: number
}

/** PEM text, or a file read at construction; both is an error. */
export interface TlsOptions {
  readonly ca?: string | undefined
  readonly cert?: string | undefined
  readonly key?: string | undefined
  readonly caFile?: string | undefined
  readonly certFile?: string | undefined
  readonly keyFile?: string | undefined
  readonly serverName?: string | undefined
  readonly rejectUnauthorized?: boolean | undefined
}

/** Plain data, so that it can cross to the export thread. Absent fields come from the environment. */
export type ExporterOptions =
  | OtlpExporterOptions
  | JaegerExporterOptions
  | CloudTraceExporterOptions
  | ZipkinExporterOptions
  | ConsoleExporterOptions
  | FileExporterOptions
  | ModuleExporterOptions
  | CustomExporterOptions

export interface OtlpExporterOptions {
  readonly kind: 'otlp'
  /** Default 'grpc' where the port is 4317, else 'http/protobuf'. */
  readonly protocol?: 'http/protobuf' | 'http/json' | 'grpc' | undefined
  /** Used as it is; without a path, /v1/traces is added. */
  readonly url?: string | undefined
  readonly headers?: Readonly<Record<string, string>> | undefined
  readonly compression?: 'gzip' | 'none' | undefined
  readonly timeoutMs?: number | undefined
  readonly tls?: TlsOptions | undefined
  /**
   * 'google': each request is authorised by Google's Application Default Credentials, and the resource names the project, as Google's
   * OTLP endpoint wants it; `url` is https://telemetry.googleapis.com/v1/traces where nothing says otherwise. Default 'google' for
   * that host unless headers hold an authorization, else 'none'.
   */
  readonly auth?: 'none' | 'google' | undefined
}

/**
 * Jaeger's own protocol, in Thrift. Over UDP nothing is acknowledged, and what the network loses is lost; over HTTP a batch is.
 * What is absent comes from JAEGER_ENDPOINT: a host, host:port, or a URL.
 */
export interface JaegerExporterOptions {
  readonly kind: 'jaeger'
  /** Default: HTTP with a `url` or port 14268, 'udp/thrift.binary' with port 6832, else 'udp/thrift.compact'. */
  readonly transport?: 'udp/thrift.compact' | 'udp/thrift.binary' | 'http/thrift.binary' | undefined
  /** Default 'localhost'. */
  readonly host?: string | undefined
  /** Default that of the transport: 6831, 6832 or 14268. */
  readonly port?: number | undefined
  /** For HTTP, in place of host and port. Used as it is; without a path, /api/traces is added. */
  readonly url?: string | undefined
  /**
   * Bytes of a datagram, from 1,024 to 65,507. Default 65,000, which is the most that Jaeger takes. A span that is larger by itself
   * loses the ends of its largest values and gets the tag `span.truncated`; one that even then does not fit is counted `too_large`.
   */
  readonly maxPacketBytes?: number | undefined
}

/**
 * Google Cloud Trace's API v2, in JSON, with Google's Application Default Credentials. It acknowledges what it takes; a request that
 * is tried again because its answer got lost leaves its spans there twice.
 */
export interface CloudTraceExporterOptions {
  readonly kind: 'gcp_trace'
  /**
   * Default GCP_PROJECT_ID, GOOGLE_CLOUD_PROJECT or GCLOUD_PROJECT, else `gcp.project_id` of the resource, the project of the
   * credentials, the one in which the machine runs.
   */
  readonly projectId?: string | undefined
  /** Of the API, to which v2/projects/… is added. Default https://cloudtrace.googleapis.com. */
  readonly url?: string | undefined
  /**
   * Default GOOGLE_APPLICATION_CREDENTIALS, else what `gcloud auth application-default login` has left, else the account of the
   * machine. Throws where it cannot be read; what is wrong in it is said later.
   */
  readonly credentialsFile?: string | undefined
}

/** Zipkin's API v2, in JSON. A backend of its kind acknowledges what it takes. */
export interface ZipkinExporterOptions {
  readonly kind: 'zipkin'
  /**
   * Used as it is; without a path, /api/v2/spans is added. Default OTEL_EXPORTER_ZIPKIN_ENDPOINT, else
   * http://localhost:9411/api/v2/spans.
   */
  readonly url?: string | undefined
}

/** Writes to stderr. Colours on a terminal or with FORCE_COLOR. */
export interface ConsoleExporterOptions {
  readonly kind: 'console'
  readonly format?: 'tree' | 'json' | undefined
}

/** OTLP JSON, one request a line. Rotation is per process. */
export interface FileExporterOptions {
  readonly kind: 'file'
  /** Default BLUEPRINT_TRACING_FILE, else ./traces.jsonl. */
  readonly path?: string | undefined
  /** Size at which the file is rotated. Default never. */
  readonly maxBytes?: number | undefined
}

/**
 * A module of the program's own, loaded in the export thread by Node itself: none of the program's loaders, such as one for
 * TypeScript, are there. One that cannot be loaded or set up is said once, and its spans are counted `rejected`. Should the export
 * thread die, it is not run again. With `exportThread: 'main'`, or where no worker can be started, it runs on the caller's thread.
 */
export interface ModuleExporterOptions {
  readonly kind: 'module'
  /** Of the module whose default export is an `ExporterFactory`: a file: or data: URL, or a path, counted from the working directory. */
  readonly url: string | URL
  /** JSON data for the factory, copied when tracing is set up. Default undefined. */
  readonly options?: JsonValue | undefined
}

/**
 * An exporter object of the program's own. It runs on the caller's thread, to which the export thread hands each batch back: while
 * the event loop is blocked its batches wait, and those of other exporters do not. A natural end waits for it; `process.exit` and a
 * throw do where it answers at once and not with a promise. Spans that it starts continue a trace that is not sampled, so that the
 * default sampler does not record them.
 */
export interface CustomExporterOptions {
  readonly kind: 'custom'
  readonly exporter: Exporter
}

export type LogLevel = 'error' | 'warn' | 'info' | 'debug'
/** console, pino and winston fit. */
export type Logger = { readonly [L in LogLevel]: (message: string) => void }
