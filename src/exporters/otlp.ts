import { gzipSync } from 'node:zlib'
import { ClockComparison } from '../net/clock-skew.ts'
import { createHttpClient, type HttpClient, type HttpReply, isRequestError } from '../net/http-client.ts'
import { printableText, printableUrl } from '../net/printable.ts'
import { parseHttpDateMs, parseRetryAfterMs } from '../net/retry-after.ts'
import { secretHider } from '../net/secrets.ts'
import { CUT_VALUES, describeHttpStatus, describeRedirect } from '../net/status-trouble.ts'
import { describeNetworkError } from '../net/trouble.ts'
import { requestToJson } from '../otlp/json.ts'
import { requestView } from '../pipeline/batch.ts'
import type { OtlpExporterConfig } from '../types/config.ts'
import type { Exporter, ExportResult, SpanBatch } from '../types/exporter.ts'
import { VERSION } from '../version.ts'
import { headerOf, isWebPage, parsePartialSuccess, parseServerMessage } from './otlp-reply.ts'

/** OTLP asks clients not to send more, uncompressed. */
const MAX_REQUEST_BYTES = 64 * 1024 * 1024
/** Spans shrink to a quarter at level 1 and by 1 % more at level 6, which takes twice the time. */
const GZIP_LEVEL = 1
const MAX_MESSAGE_CHARS = 200
/** Those of OTLP, and 408, by which a proxy or server drops a connection it found idle. */
const RETRYABLE_STATUSES: ReadonlySet<number> = new Set([408, 429, 502, 503, 504])

/** What all requests of one exporter have in common. */
interface Endpoint {
  readonly config: OtlpExporterConfig
  readonly client: HttpClient
  /** The URL as messages show it. */
  readonly target: string
  readonly clock: ClockComparison
  readonly hideSecrets: (text: string) => string
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
    target: printableUrl(config.url),
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
  const { config, client, target, clock } = endpoint
  const request = encodeBody(batch, config)
  if (request.byteLength > MAX_REQUEST_BYTES) {
    return { outcome: 'too_large', message: `${target}: the request is over 64 MiB; ${CUT_VALUES}` }
  }
  const sentMs = Date.now()
  try {
    const reply = await post(request, config, client, signal)
    if (!isSuccess(reply)) return refused(reply, endpoint)
    const result = acknowledged(reply, endpoint, batch.count)
    if (result.message !== undefined) return result
    const remark = clock.remark(headerOf(reply, 'date'), sentMs, Date.now())
    return remark === undefined ? result : { ...result, message: `${target}: ${remark}` }
  } catch (error) {
    return failed(error, target, config)
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

function isSuccess({ status }: HttpReply): boolean {
  return status >= 200 && status < 300
}

function acknowledged(reply: HttpReply, { target, hideSecrets }: Endpoint, count: number): ExportResult {
  if (isWebPage(reply)) {
    return { outcome: 'rejected', message: `${target}: a web page answers; ${IS_COLLECTOR}` }
  }
  const partial = parsePartialSuccess(reply)
  if (partial === undefined) {
    return { outcome: 'acked', message: `${target}: the answer is not one of OTLP; ${IS_COLLECTOR}` }
  }
  const said = printableText(hideSecrets(partial.errorMessage), MAX_MESSAGE_CHARS)
  const rejected = Math.min(Math.max(partial.rejectedSpans, 0), count)
  if (rejected > 0) {
    const message = `${target}: the server refused ${rejected} of ${count} spans: ${said || 'it gives no reason'}`
    return { outcome: 'acked', rejected, message }
  }
  return said === '' ? { outcome: 'acked' } : { outcome: 'acked', message: `${target}: the server warns: ${said}` }
}

const IS_COLLECTOR = 'is this the URL of a collector?'

function refused(reply: HttpReply, { target, config: { url }, hideSecrets }: Endpoint): ExportResult {
  const { status } = reply
  if (status >= 300 && status < 400) {
    return { outcome: 'rejected', message: `${target}: ${describeRedirect(status, headerOf(reply, 'location'), url)}` }
  }
  const said = parseServerMessage(reply)
  const message = `${target}: ${describeHttpStatus(status, said === undefined ? said : hideSecrets(said), url)}`
  if (status === 413) return { outcome: 'too_large', message }
  return RETRYABLE_STATUSES.has(status) ? retry(message, retryAfterMs(reply)) : { outcome: 'rejected', message }
}

/** A date is compared with the server's own clock where the reply tells it. */
function retryAfterMs(reply: HttpReply): number | undefined {
  const nowMs = parseHttpDateMs(headerOf(reply, 'date')) ?? Date.now()
  return parseRetryAfterMs(headerOf(reply, 'retry-after'), nowMs)
}

/** OTLP counts a reply that is too large as a failure for good; every other trouble of the network may pass. */
function failed(error: unknown, target: string, { url, proxy }: OtlpExporterConfig): ExportResult {
  const message = `${target}: ${describeNetworkError(error, url, proxy)}`
  const isFinal = isRequestError(error) && error.code === 'REPLY_TOO_LARGE'
  return isFinal ? { outcome: 'rejected', message } : retry(message, undefined)
}

function retry(message: string, afterMs: number | undefined): ExportResult {
  return afterMs === undefined ? { outcome: 'retry', message } : { outcome: 'retry', message, afterMs }
}
