import type { EnvironmentReader } from './environment.ts'

/** The kinds that the environment can name, in the order in which messages list them. */
export type NamedKind = 'otlp' | 'jaeger' | 'gcp_trace' | 'zipkin' | 'console' | 'file'
const NAMED_KINDS: readonly NamedKind[] = ['otlp', 'jaeger', 'gcp_trace', 'zipkin', 'console', 'file']

export interface ExporterChoice {
  readonly kinds: readonly NamedKind[]
  /** Ends the sentence 'exporting to …, because' or, without kinds, 'recording nothing, because'. */
  readonly because: string
}

interface Rule {
  readonly kind: NamedKind
  /** One of them being set chooses the kind. */
  readonly variables: readonly string[]
  /** A further condition. */
  readonly when?: (environment: EnvironmentReader) => boolean
}

/** Where OTEL_TRACES_EXPORTER names nothing usable, the first of these that applies is taken. */
const RULES: readonly Rule[] = [
  { kind: 'gcp_trace', variables: ['GCP_PROJECT_ID'] },
  { kind: 'jaeger', variables: ['JAEGER_ENDPOINT'] },
  { kind: 'otlp', variables: ['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', 'OTEL_EXPORTER_OTLP_ENDPOINT'] },
  { kind: 'console', variables: ['DEBUG_TRACING'], when: isLocalDebugging },
  // Set for other reasons too, hence last.
  { kind: 'gcp_trace', variables: ['GOOGLE_CLOUD_PROJECT'] },
]

/** Which exporters the environment asks for once tracing is on; no kinds where it asks for none. */
export function chooseExporters(environment: EnvironmentReader): ExporterChoice {
  const named = environment.names('OTEL_TRACES_EXPORTER', NAMED_KINDS)
  if (named !== undefined) return { kinds: named, because: `OTEL_TRACES_EXPORTER is ${named.join(',') || 'none'}` }
  for (const { kind, variables, when } of RULES) {
    const variable = environment.firstSet(variables)
    const applies = variable !== undefined && when?.(environment) !== false
    if (applies) return { kinds: [kind], because: `${variable} is set` }
  }
  return { kinds: [], because: UNCONFIGURED }
}

const UNCONFIGURED = 'no exporter is configured; set OTEL_EXPORTER_OTLP_ENDPOINT or pass exporters to initTracing'

function isLocalDebugging(environment: EnvironmentReader): boolean {
  return environment.text('PIPELINE_ENV') === 'local' && environment.flag('DEBUG_TRACING') === true
}
