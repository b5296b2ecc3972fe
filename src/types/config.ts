import type { Exporter, JsonValue } from './exporter.ts'
import type { Logger, LogLevel, PropagatorName, SamplerOptions, SpanLimits } from './options.ts'
import type { RedactOptions } from './redact.ts'
import type { Attributes } from './span.ts'

/** Everything that was decided at construction; frozen, and plain data but for `logger`, `redact` and custom exporters. */
export interface Config {
  /** Whether spans are recorded. */
  readonly enabled: boolean
  readonly propagating: boolean
  /** One sentence for the start line: which exporter, to which resolved URL, and why that one. */
  readonly summary: string
  /** One sentence for each environment value that could not be used: variable, value and what is accepted. */
  readonly notices: readonly string[]
  readonly resource: Attributes
  readonly exporters: readonly ExporterConfig[]
  readonly sampler: SamplerOptions
  readonly propagators: readonly PropagatorName[]
  readonly limits: SpanLimits
  readonly redact: RedactOptions | undefined
  readonly exportThread: 'worker' | 'main'
  readonly delivery: DeliveryConfig
  readonly exitTimeoutMs: number
  readonly handleSignals: boolean
  readonly logger: Logger | false | undefined
  readonly logLevel: LogLevel | 'none'
}

/** What is left to decide while tracing is off and has been given no options, or what would check them is missing. */
export interface OffConfig extends Pick<Config, 'propagators' | 'summary' | 'notices' | 'logLevel'> {
  readonly enabled: false
  readonly propagating: false
  readonly logger: undefined
  /** Why nothing can redact, though the options ask for it. */
  readonly redact: Error | undefined
  readonly exitTimeoutMs: undefined
}

/** What the pipeline needs to know. */
export interface DeliveryConfig {
  readonly maxQueueBytes: number
  readonly maxBatchBytes: number
  readonly maxBatchDelayMs: number
  readonly exportTimeoutMs: number
  readonly retry: RetryConfig
}

export interface RetryConfig {
  readonly maxElapsedMs: number
  readonly initialDelayMs: number
  readonly maxDelayMs: number
}

export type ExporterConfig =
  | OtlpExporterConfig
  | JaegerExporterConfig
  | CloudTraceExporterConfig
  | ZipkinExporterConfig
  | ConsoleExporterConfig
  | FileExporterConfig
  | ModuleExporterConfig
  | { readonly kind: 'custom'; readonly exporter: Exporter }

export interface OtlpExporterConfig {
  readonly kind: 'otlp'
  readonly protocol: 'http/protobuf' | 'http/json' | 'grpc'
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly compression: 'gzip' | 'none'
  readonly timeoutMs: number
  readonly tls: TlsConfig | undefined
  /** URL of the proxy that HTTPS_PROXY, HTTP_PROXY and NO_PROXY choose for `url`. */
  readonly proxy: string | undefined
  /** Present where Google's credentials authorise each request. */
  readonly google?: { readonly credentials: GoogleConfig; readonly projectId: string | undefined }
}

export interface JaegerExporterConfig {
  readonly kind: 'jaeger'
  readonly transport: 'udp/thrift.compact' | 'udp/thrift.binary' | 'http/thrift.binary'
  /** `udp://host:port`, or that of an HTTP endpoint. */
  readonly url: string
  /** Over UDP. */
  readonly maxPacketBytes: number
  /** Over HTTP, as are the others: `authorization` where the URL held a user name or password, else empty. */
  readonly headers: Readonly<Record<string, string>>
  readonly timeoutMs: number
  readonly proxy: string | undefined
}

export interface ZipkinExporterConfig {
  readonly kind: 'zipkin'
  readonly url: string
  /** `authorization` where the URL held a user name or password, else empty. */
  readonly headers: Readonly<Record<string, string>>
  readonly timeoutMs: number
  readonly proxy: string | undefined
}

export interface CloudTraceExporterConfig {
  readonly kind: 'gcp_trace'
  /** Of the API; `v2/projects/…` is added. */
  readonly url: string
  /** Undefined: that of the resource, else of the credentials. */
  readonly projectId: string | undefined
  readonly google: GoogleConfig
  readonly timeoutMs: number
}

/** Where Google's credentials are; they are read on the export thread. */
export interface GoogleConfig {
  /** The file that an option or GOOGLE_APPLICATION_CREDENTIALS names; undefined: what gcloud has left, else the metadata server. */
  readonly credentialsFile: string | undefined
  /** How messages call what names the file. */
  readonly namedBy: 'credentialsFile' | 'GOOGLE_APPLICATION_CREDENTIALS'
  /** Folder in which gcloud keeps what it knows; undefined: where it does by default. */
  readonly gcloudFolder: string | undefined
  /** Origin of the metadata server. */
  readonly metadataUrl: string
  /** Beats the credentials' own. */
  readonly quotaProjectId: string | undefined
  readonly proxies: ProxySettings
}

/** Proxies as the environment sets them, for URLs that become known on the export thread only. */
export interface ProxySettings {
  /** URL of the proxy for https URLs; user name and password may be in it. */
  readonly https: string | undefined
  readonly http: string | undefined
  /** What NO_PROXY says. */
  readonly exceptions: string
}

/** PEM texts; files have been read. */
export interface TlsConfig {
  readonly ca?: string
  readonly cert?: string
  readonly key?: string
  readonly serverName?: string
  readonly rejectUnauthorized?: boolean
}

export interface ConsoleExporterConfig {
  readonly kind: 'console'
  readonly format: 'tree' | 'json'
  readonly colors: boolean
}

export interface FileExporterConfig {
  readonly kind: 'file'
  readonly path: string
  readonly maxBytes: number
}

export interface ModuleExporterConfig {
  readonly kind: 'module'
  /** As `import` takes it. */
  readonly url: string
  readonly options: JsonValue | undefined
  /** Of one request, and of setting the exporter up. */
  readonly timeoutMs: number
}
