import type { Authorization } from '../net/authorization.ts'
import { printableUrl } from '../net/printable.ts'
import { secretHider } from '../net/secrets.ts'
import { OTLP_BACKEND } from '../net/status-trouble.ts'
import type { OtlpExporterConfig } from '../types/config.ts'
import type { HttpTarget } from './http-outcome.ts'

/** Whom an OTLP exporter speaks to; `authorization` has hints and secrets of its own. */
export function createOtlpTarget(config: OtlpExporterConfig, authorization: Authorization | undefined): HttpTarget {
  const hideConfigured = secretHider(config.url, config.headers)
  return {
    url: config.url,
    shown: printableUrl(config.url),
    proxy: config.proxy,
    get backend() {
      return { ...OTLP_BACKEND, ...authorization?.hints() }
    },
    hideSecrets: text => hideConfigured(authorization?.hideSecrets(text) ?? text),
  }
}
