import { createHttpClient } from '../net/http-client.ts'
import { printableUrl } from '../net/printable.ts'
import { secretHider } from '../net/secrets.ts'
import type { BackendKind } from '../net/status-trouble.ts'
import type { ZipkinExporterConfig } from '../types/config.ts'
import type { Exporter, ExportResult, SpanBatch } from '../types/exporter.ts'
import { VERSION } from '../version.ts'
import { failed, isSuccess, refused } from './http-outcome.ts'
import { isWebPage } from './otlp-reply.ts'
import { createTurns } from './turns.ts'
import { toZipkinSpan } from './zipkin-span.ts'

const ZIPKIN_BACKEND: BackendKind = {
  endpoint: 'a Zipkin endpoint',
  usualPath: '/api/v2/spans',
  credentials: 'put user name and password into the URL',
}

/** Posts each batch as one JSON list of spans (Zipkin API v2). */
export function createZipkinExporter(config: ZipkinExporterConfig): Exporter {
  const { url, proxy } = config
  // Proxies that trace with B3 are not to trace this.
  const headers = { 'user-agent': `blueprint-tracing/${VERSION}`, b3: '0', ...config.headers }
  const client = createHttpClient({ ...config, headers, tls: undefined })
  const hideSecrets = secretHider(url, config.headers)
  const target = { url, shown: printableUrl(url), proxy, backend: ZIPKIN_BACKEND, hideSecrets }
  const turn = createTurns()

  async function send(batch: SpanBatch, signal: AbortSignal): Promise<ExportResult> {
    await turn()
    const body = Buffer.from(JSON.stringify(Array.from(batch.spans(), span => toZipkinSpan(span, batch))))
    try {
      const reply = await client.post(body, { 'content-type': 'application/json' }, signal)
      if (!isSuccess(reply)) return refused(reply, target)
      if (!isWebPage(reply)) return { outcome: 'acked' }
      return {
        outcome: 'rejected',
        message: `${target.shown}: a web page answers; is this the URL of a Zipkin server?`,
      }
    } catch (error) {
      return failed(error, target)
    }
  }

  return { name: 'zipkin', export: send, close: () => client.close() }
}
