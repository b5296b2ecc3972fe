import type { EnvironmentReader } from './environment.ts'

const GOOGLE_HOST = 'telemetry.googleapis.com'
const ENDPOINTS = ['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', 'OTEL_EXPORTER_OTLP_ENDPOINT'] as const

type Auth = 'none' | 'google' | undefined

/** Google's own endpoint, where its credentials are asked for and nothing names another one. */
export function googleUrl(auth: Auth, environment: EnvironmentReader): URL | undefined {
  const isMeant = auth === 'google' && environment.firstSet(ENDPOINTS) === undefined
  return isMeant ? new URL(`https://${GOOGLE_HOST}/v1/traces`) : undefined
}

/** Google's endpoint takes no other credentials, so that they need not be asked for. */
export function isGoogle(auth: Auth, { hostname }: URL, headers: Readonly<Record<string, string>>): boolean {
  return auth === undefined ? hostname === GOOGLE_HOST && headers.authorization === undefined : auth === 'google'
}
