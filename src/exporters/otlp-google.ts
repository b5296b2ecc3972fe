import type { Authorization } from '../net/authorization.ts'
import { createGoogleCredentials } from '../net/google/credentials.ts'
import { credentialsError } from '../net/google/credentials-error.ts'
import { TRACE_SCOPE } from '../net/google/token.ts'
import { printableUrl } from '../net/printable.ts'
import { encodeRequest } from '../otlp/request.ts'
import type { RequestFrame } from '../otlp/request-frame.ts'
import { frameWithAttribute } from '../otlp/resource-attribute.ts'
import type { OtlpExporterConfig } from '../types/config.ts'
import type { Exporter, SpanBatch } from '../types/exporter.ts'
import { googleHints, googleProjectOf, NO_PROJECT, PROJECT_ATTRIBUTE } from './google-project.ts'
import { failed } from './http-outcome.ts'

/** Makes an exporter whose requests `authorization` authorises. */
export type CreateOtlp = (config: OtlpExporterConfig, authorization: Authorization) => Exporter

/** OTLP to Google's own endpoint: with Google's credentials, and with the project in the resource, which it asks for. */
export function createGoogleOtlpExporter(
  config: OtlpExporterConfig,
  google: Required<OtlpExporterConfig>['google'],
  createOtlp: CreateOtlp,
): Exporter {
  const credentials = createGoogleCredentials(google.credentials, [TRACE_SCOPE])
  const { headers, refused, hideSecrets } = credentials
  const hints = () => googleHints(credentials.account, projectId)
  const exporter = createOtlp(config, { headers, refused, hideSecrets, hints })
  const shown = printableUrl(config.url)
  let projectId: string | undefined
  let frame: RequestFrame | undefined

  /** Once the project is known; while it is not, each batch asks again. */
  async function withProject(batch: SpanBatch, signal: AbortSignal): Promise<SpanBatch> {
    const { resource } = batch
    projectId ??= googleProjectOf(resource) ?? google.projectId ?? (await credentials.projectId(signal))
    if (projectId === undefined) throw credentialsError(NO_PROJECT, false)
    if (resource[PROJECT_ATTRIBUTE] !== undefined) return batch
    frame ??= frameWithAttribute(batch.request(), PROJECT_ATTRIBUTE, projectId)
    return reframed(batch, frame)
  }

  return {
    name: 'otlp',
    async export(batch, signal) {
      let named: SpanBatch
      try {
        named = await withProject(batch, signal)
      } catch (error) {
        return failed(error, { url: config.url, shown, proxy: config.proxy })
      }
      return await exporter.export(named, signal)
    },
    async close() {
      await Promise.all([credentials.close(), exporter.close?.()])
    },
  }
}

/** The same spans, in requests with another resource. */
function reframed(batch: SpanBatch, frame: RequestFrame): SpanBatch {
  const { count, resource, scope, bytes } = batch
  return {
    count,
    resource,
    scope,
    bytes,
    request: () => encodeRequest(frame, bytes),
    spans: () => batch.spans(),
  }
}
