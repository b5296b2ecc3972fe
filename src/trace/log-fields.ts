import { sharedPart } from '../shared-state.ts'
import { getCurrentSpan } from './current-span.ts'
import { SAMPLED } from './trace-flags.ts'

interface LogFieldsState {
  readProjectId: () => string | undefined
  /** Once it is known. */
  projectId: string | undefined
}

const state = sharedPart<LogFieldsState>('log fields', () => ({
  readProjectId: () => undefined,
  projectId: undefined,
}))

/** @internal Sets where the id of the Google Cloud project comes from. */
export function setProjectIdReader(read: () => string | undefined): void {
  state.readProjectId = read
}

/**
 * What ties a log line to the current span; `{}` without one.
 * - 'otel' (default): `trace_id`, `span_id` and `trace_flags` in hex, the names of OpenTelemetry's trace context in non-OTLP logs.
 * - 'gcp': the fields that Cloud Logging reads from structured lines: `logging.googleapis.com/trace` (`projects/<id>/traces/<id>`
 *   where GCP_PROJECT_ID or GOOGLE_CLOUD_PROJECT gives the project, else the bare id), `…/spanId` and `…/trace_sampled`.
 */
export function logFields(format: 'otel' | 'gcp' = 'otel'): Record<string, string | boolean> {
  const span = getCurrentSpan()
  if (span === undefined) return {}
  const { traceId, spanId, traceFlags } = span.spanContext()
  if (format !== 'gcp') return { trace_id: traceId, span_id: spanId, trace_flags: hexByte(traceFlags) }
  state.projectId ??= state.readProjectId()
  const { projectId } = state
  return {
    'logging.googleapis.com/trace': projectId === undefined ? traceId : `projects/${projectId}/traces/${traceId}`,
    'logging.googleapis.com/spanId': spanId,
    'logging.googleapis.com/trace_sampled': (traceFlags & SAMPLED) !== 0,
  }
}

function hexByte(value: number): string {
  return value.toString(16).padStart(2, '0')
}
