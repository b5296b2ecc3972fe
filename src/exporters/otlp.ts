import { gzipSync } from 'node:zlib'
import { ClockComparison } from '../net/clock-skew.ts'
import { createHttpClient, type HttpClient, type HttpReply } from '../net/http-client.ts'
import { printableText, printableUrl } from '../net/printable.ts'
import { secretHider } from '../net/secrets.ts'
import { CUT_VALUES, OTLP_BACKEND } from '../net/status-trouble.ts'
import { requestToJson } from '../otlp/json.ts'
import { requestView } from '../pipeline/batch.ts'
import type { OtlpExporterConfig } from '../types/config.ts'
import type { Exporter, ExportResult, SpanBatch } from '../types/exporter.ts'
import { VERSION } from '../version.ts'
import { failed, type HttpTarget, isSuccess, refused } from './http-outcome.ts'
import { headerOf, isWebPage, parsePartialSuccess } from './otlp-reply.ts'

/** OTLP asks clients not to send more, uncompressed. */
const MAX_REQUEST_BYTES = 64 * 1024 * 1024
/** Spans shrink to a quarter at level 1 and by 1 % more at level 6, which takes twice the time. */
const GZIP_LEVEL = 1
const MAX_MESSAGE_CHARS = 200

/** What all requests of one exporter have in common. */
interface Endpoint extends HttpTarget {
  readonly config: OtlpExporterConfig
  readonly client: HttpClient
  readonly clock: ClockComparison
}

/** Sends each batch as one OTLP/HTTP request, in protobuf or JSON. */
export function createOtlpExporter(config: OtlpExporterConfig): Exporter {
  const client = createHttpClient({
    ...config,
    headers: { 'user-agent': `blueprint-tracing/${VERSION}`, ...config.headers },
  })
  const endpoint = {
    config,
    client,
    url: config.url,
    shown: printableUrl(config.url),
    proxy: config.proxy,
    backend: OTLP_BACKEND,
    clock: new ClockComparison(),
    hideSecrets: secretHider(config.url, config.headers),
  }
  return {
    name: 'otlp',
    export: (batch, signal) => send(batch, endpoint, signal),
    close: () => client.close(),
  }
}

async function send(batch: SpanBatch, endpoint: Endpoint, signal: AbortSignal): Promise<ExportResult> {
  const { config, client, shown, clock } = endpoint
  const request = encodeBody(batch, config)
  if (request.byteLength > MAX_REQUEST_BYTES) {
    return { outcome: 'too_large', message: `${shown}: the request is over 64 MiB; ${CUT_VALUES}` }
  }
  const sentMs = Date.now()
  try {
    const reply = await post(request, config, client, signal)
    if (!isSuccess(reply)) return refused(reply, endpoint)
    const result = acknowledged(reply, endpoint, batch.count)
    if (result.message !== undefined) return result
    const remark = clock.remark(headerOf(reply, 'date'), sentMs, Date.now())
    return remark === undefined ? result : { ...result, message: `${shown}: ${remark}` }
  } catch (error) {
    return failed(error, endpoint)
  }
}

function encodeBody(batch: SpanBatch, { protocol }: OtlpExporterConfig): Uint8Array {
  return protocol === 'http/json' ? Buffer.from(requestToJson(batch.request())) : requestView(batch)
}

function post(
  request: Uint8Array,
  { compression, protocol }: OtlpExporterConfig,
  client: HttpClient,
  signal: AbortSignal,
): Promise<HttpReply> {
  const headers = { 'content-type': protocol === 'http/json' ? 'application/json' : 'application/x-protobuf' }
  if (compression === 'none') return client.post(request, headers, signal)
  // Synchronously: work pending on the thread pool would hold the process at exit.
  const body = gzipSync(request, { level: GZIP_LEVEL })
  return client.post(body, { ...headers, 'content-encoding': 'gzip' }, signal)
}

function acknowledged(reply: HttpReply, { shown, hideSecrets }: HttpTarget, count: number): ExportResult {
  if (isWebPage(reply)) {
    return { outcome: 'rejected', message: `${shown}: a web page answers; ${IS_COLLECTOR}` }
  }
  const partial = parsePartialSuccess(reply)
  if (partial === undefined) {
    return { outcome: 'acked', message: `${shown}: the answer is not one of OTLP; ${IS_COLLECTOR}` }
  }
  const said = printableText(hideSecrets(partial.errorMessage), MAX_MESSAGE_CHARS)
  const rejected = Math.min(Math.max(partial.rejectedSpans, 0), count)
  if (rejected > 0) {
    const message = `${shown}: the server refused ${rejected} of ${count} spans: ${said || 'it gives no reason'}`
    return { outcome: 'acked', rejected, message }
  }
  return said === '' ? { outcome: 'acked' } : { outcome: 'acked', message: `${shown}: the server warns: ${said}` }
}

const IS_COLLECTOR = 'is this the URL of a collector?'
