import { gzipSync } from 'node:zlib'
import { createHttpClient, type HttpClient, type HttpReply, isRequestError } from '../net/http-client.ts'
import { printableText, printableUrl } from '../net/printable.ts'
import { parseHttpDateMs, parseRetryAfterMs } from '../net/retry-after.ts'
import { describeHttpStatus, describeRedirect } from '../net/status-trouble.ts'
import { describeNetworkError } from '../net/trouble.ts'
import { requestView } from '../pipeline/batch.ts'
import type { OtlpExporterConfig } from '../types/config.ts'
import type { Exporter, ExportResult, SpanBatch } from '../types/exporter.ts'
import { VERSION } from '../version.ts'
import { headerOf, parsePartialSuccess, parseServerMessage } from './otlp-reply.ts'

/** OTLP asks clients not to send more, uncompressed. */
const MAX_REQUEST_BYTES = 64 * 1024 * 1024
/** Spans shrink to a quarter at level 1 and by 1 % more at level 6, which takes twice the time. */
const GZIP_LEVEL = 1
const MAX_MESSAGE_CHARS = 200
/** Those of OTLP, and 408, by which a proxy or server drops a connection it found idle. */
const RETRYABLE_STATUSES: ReadonlySet<number> = new Set([408, 429, 502, 503, 504])

/** Sends each batch as one OTLP/HTTP request in protobuf. */
export function createOtlpExporter(config: OtlpExporterConfig): Exporter {
  const client = createHttpClient({
    ...config,
    headers: { 'user-agent': `blueprint-tracing/${VERSION}`, ...config.headers },
  })
  return {
    name: 'otlp',
    export: (batch, signal) => send(batch, config, client, signal),
    close: () => client.close(),
  }
}

async function send(
  batch: SpanBatch,
  config: OtlpExporterConfig,
  client: HttpClient,
  signal: AbortSignal,
): Promise<ExportResult> {
  const target = printableUrl(config.url)
  const request = requestView(batch)
  if (request.byteLength > MAX_REQUEST_BYTES) {
    return { outcome: 'too_large', message: `${target}: the request is over 64 MiB` }
  }
  try {
    const reply = await post(request, config, client, signal)
    return isSuccess(reply) ? acknowledged(reply, target, batch.count) : refused(reply, target, config.url)
  } catch (error) {
    return failed(error, target, config)
  }
}

function post(
  request: Uint8Array,
  { compression }: OtlpExporterConfig,
  client: HttpClient,
  signal: AbortSignal,
): Promise<HttpReply> {
  const headers = { 'content-type': 'application/x-protobuf' }
  if (compression === 'none') return client.post(request, headers, signal)
  // Synchronously: work pending on the thread pool would hold the process at exit.
  const body = gzipSync(request, { level: GZIP_LEVEL })
  return client.post(body, { ...headers, 'content-encoding': 'gzip' }, signal)
}

function isSuccess({ status }: HttpReply): boolean {
  return status >= 200 && status < 300
}

function acknowledged(reply: HttpReply, target: string, count: number): ExportResult {
  const partial = parsePartialSuccess(reply)
  if (partial === undefined) {
    return { outcome: 'acked', message: `${target}: the answer is not one of OTLP; is this the URL of a collector?` }
  }
  const said = printableText(partial.errorMessage, MAX_MESSAGE_CHARS)
  const rejected = Math.min(Math.max(partial.rejectedSpans, 0), count)
  if (rejected > 0) {
    const message = `${target}: the server refused ${rejected} of ${count} spans: ${said || 'it gives no reason'}`
    return { outcome: 'acked', rejected, message }
  }
  return said === '' ? { outcome: 'acked' } : { outcome: 'acked', message: `${target}: the server warns: ${said}` }
}

function refused(reply: HttpReply, target: string, url: string): ExportResult {
  const { status } = reply
  if (status >= 300 && status < 400) {
    return { outcome: 'rejected', message: `${target}: ${describeRedirect(status, headerOf(reply, 'location'), url)}` }
  }
  const message = `${target}: ${describeHttpStatus(status, parseServerMessage(reply), url)}`
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
