import { type Authorization, isUnauthorized, sendAuthorised } from '../net/authorization.ts'
import { ClockComparison } from '../net/clock-skew.ts'
import { gzip } from '../net/gzip.ts'
import { createHttpClient, type HttpClient, type HttpReply } from '../net/http-client.ts'
import { requestToJson } from '../otlp/json.ts'
import { requestView } from '../pipeline/batch.ts'
import type { OtlpExporterConfig } from '../types/config.ts'
import type { Exporter, ExportResult, SpanBatch } from '../types/exporter.ts'
import { VERSION } from '../version.ts'
import { failed, type HttpTarget, isSuccess, refused } from './http-outcome.ts'
import { acknowledged, IS_COLLECTOR, MAX_REQUEST_BYTES, tooLarge } from './otlp-outcome.ts'
import { headerOf, isWebPage, parsePartialSuccess } from './otlp-reply.ts'
import { createOtlpTarget } from './otlp-target.ts'
import { createTurns } from './turns.ts'

/** What all requests of one exporter have in common. */
interface Endpoint {
  readonly target: HttpTarget
  readonly config: OtlpExporterConfig
  readonly client: HttpClient
  readonly clock: ClockComparison
  readonly authorization: Authorization | undefined
  readonly turn: () => Promise<void>
}

/** Sends each batch as one OTLP/HTTP request, in protobuf or JSON; `authorization` adds to the headers of the configuration. */
export function createOtlpExporter(config: OtlpExporterConfig, authorization?: Authorization): Exporter {
  const client = createHttpClient({
    ...config,
    headers: { 'user-agent': `blueprint-tracing/${VERSION}`, ...config.headers },
  })
  const target = createOtlpTarget(config, authorization)
  const endpoint: Endpoint = {
    target,
    config,
    client,
    authorization,
    clock: new ClockComparison(),
    turn: createTurns(),
  }
  return {
    name: 'otlp',
    export: (batch, signal) => send(batch, endpoint, signal),
    close: () => client.close(),
  }
}

async function send(batch: SpanBatch, endpoint: Endpoint, signal: AbortSignal): Promise<ExportResult> {
  const { config, target, clock, turn } = endpoint
  const { shown } = target
  // The batch is a request of protobuf already.
  if (config.protocol === 'http/json') await turn()
  const request = encodeBody(batch, config)
  if (request.byteLength > MAX_REQUEST_BYTES) return tooLarge(shown)
  const sentMs = Date.now()
  try {
    const reply = await post(request, endpoint, signal)
    if (!isSuccess(reply)) return refused(reply, target)
    const result = readSuccess(reply, target, batch.count)
    if (result.message !== undefined) return result
    const remark = clock.remark(headerOf(reply, 'date'), sentMs, Date.now())
    return remark === undefined ? result : { ...result, message: `${shown}: ${remark}` }
  } catch (error) {
    return failed(error, target)
  }
}

function encodeBody(batch: SpanBatch, { protocol }: OtlpExporterConfig): Uint8Array {
  return protocol === 'http/json' ? Buffer.from(requestToJson(batch.request())) : requestView(batch)
}

function post(
  request: Uint8Array,
  { config: { compression, protocol }, client, authorization }: Endpoint,
  signal: AbortSignal,
): Promise<HttpReply> {
  const type = { 'content-type': protocol === 'http/json' ? 'application/json' : 'application/x-protobuf' }
  const isPlain = compression === 'none'
  const body = isPlain ? request : gzip(request)
  const headers = isPlain ? type : { ...type, 'content-encoding': 'gzip' }
  const send = (authorising: Readonly<Record<string, string>>) =>
    client.post(body, { ...headers, ...authorising }, signal)
  return sendAuthorised(authorization, send, isUnauthorized, signal)
}

function readSuccess(reply: HttpReply, target: HttpTarget, count: number): ExportResult {
  if (isWebPage(reply)) return { outcome: 'rejected', message: `${target.shown}: a web page answers; ${IS_COLLECTOR}` }
  return acknowledged(parsePartialSuccess(reply), target, count)
}
