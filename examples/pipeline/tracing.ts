import { type ExporterOptions, initTracing, type Stats, type Tracing } from 'blueprint-tracing'

/** Everything the demo writes; recreated at each run. */
export const OUT_DIR = 'out'
export const TRACE_FILE: string = `${OUT_DIR}/traces.jsonl`

/** Longest wait for a collector that does not answer. */
const SHUTDOWN_TIMEOUT_MS = 2_000

/** Spans go to the trace file, and to a collector or Jaeger as well where the environment names one. */
export function startTracing(serviceName: string): Tracing {
  const { OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_EXPORTER_OTLP_TRACES_ENDPOINT, JAEGER_ENDPOINT, GCP_PROJECT_ID } =
    process.env
  const exporters: ExporterOptions[] = [{ kind: 'file', path: TRACE_FILE }]
  if (JAEGER_ENDPOINT) exporters.push({ kind: 'jaeger' })
  if (OTEL_EXPORTER_OTLP_TRACES_ENDPOINT || OTEL_EXPORTER_OTLP_ENDPOINT) exporters.push({ kind: 'otlp' })
  if (GCP_PROJECT_ID) exporters.push({ kind: 'gcp_trace' })
  return initTracing({ serviceName, exporters })
}

/** Waits until every span is settled, and says what became of them. */
export async function finishTracing(tracing: Tracing): Promise<Stats> {
  await tracing.shutdown({ timeoutMs: SHUTDOWN_TIMEOUT_MS })
  return tracing.stats()
}
