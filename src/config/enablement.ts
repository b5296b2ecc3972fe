import type { EnvironmentReader } from './environment.ts'

/** Each turns tracing on by being set. `none` as the exporter does as well: context propagates, nothing is recorded. */
const SWITCHES_ON = [
  'OTEL_TRACES_EXPORTER',
  'GCP_PROJECT_ID',
  'JAEGER_ENDPOINT',
  'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT',
  'OTEL_EXPORTER_OTLP_ENDPOINT',
]

/** The reason why tracing is off, undefined when it is on. `enabled` beats what switches off, which beats what switches on. */
export function whyOff(
  enabled: boolean | undefined,
  hasExportersOption: boolean,
  environment: EnvironmentReader,
): string | undefined {
  if (enabled !== undefined) return enabled ? undefined : 'the enabled option is false'
  if (environment.oneOf('OTEL_SDK_DISABLED', ['true', 'false'], 'false') === 'true') return 'OTEL_SDK_DISABLED is true'
  const asked = environment.flag('ENABLE_TRACING')
  if (asked === false) return `ENABLE_TRACING is ${environment.text('ENABLE_TRACING')}`
  const isOn =
    asked || hasExportersOption || isProduction(environment) || environment.firstSet(SWITCHES_ON) !== undefined
  return isOn ? undefined : 'nothing turns it on'
}

function isProduction(environment: EnvironmentReader): boolean {
  return environment.text('PIPELINE_ENV') === 'production'
}

/** The start line while tracing is off. */
export function offSummary(reason: string): string {
  return `off, because ${reason}`
}
