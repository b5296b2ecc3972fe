import { type Authorization, sendAuthorised } from '../net/authorization.ts'
import { isCredentialsError } from '../net/google/credentials-error.ts'
import { createGrpcClient, type GrpcReply } from '../net/grpc-client.ts'
import { describeGrpcStatus, isMessageTooLarge } from '../net/grpc-trouble.ts'
import { isRequestError } from '../net/http-client.ts'
import { printableUrl } from '../net/printable.ts'
import { secretHider } from '../net/secrets.ts'
import { type BackendKind, OTLP_BACKEND } from '../net/status-trouble.ts'
import { describeNetworkError } from '../net/trouble.ts'
import { requestView } from '../pipeline/batch.ts'
import type { OtlpExporterConfig } from '../types/config.ts'
import type { Exporter, ExportResult, SpanBatch } from '../types/exporter.ts'
import { VERSION } from '../version.ts'
import { withoutCredentials } from './http-outcome.ts'
import { acknowledged, MAX_REQUEST_BYTES, tooLarge } from './otlp-outcome.ts'
import { type PartialSuccess, partialSuccessOf } from './otlp-reply.ts'

const METHOD = '/opentelemetry.proto.collector.trace.v1.TraceService/Export'

/** Those of OTLP; RESOURCE_EXHAUSTED only where the server says when to come back. */
const RETRYABLE: ReadonlySet<string> = new Set([
  'CANCELLED',
  'DEADLINE_EXCEEDED',
  'ABORTED',
  'OUT_OF_RANGE',
  'UNAVAILABLE',
  'DATA_LOSS',
])

interface Target {
  readonly url: string
  readonly shown: string
  readonly proxy: string | undefined
  readonly backend: BackendKind
  readonly hideSecrets: (text: string) => string
}

/** Sends each batch by one call of OTLP/gRPC; `authorization` adds to the headers of the configuration. */
export function createOtlpGrpcExporter(config: OtlpExporterConfig, authorization?: Authorization): Exporter {
  const client = createGrpcClient({
    ...config,
    headers: { 'user-agent': `blueprint-tracing/${VERSION}`, ...config.headers },
  })
  const hideConfigured = secretHider(config.url, config.headers)
  const target: Target = {
    url: config.url,
    shown: printableUrl(config.url),
    proxy: config.proxy,
    get backend() {
      return { ...OTLP_BACKEND, ...authorization?.hints() }
    },
    hideSecrets: text => hideConfigured(authorization?.hideSecrets(text) ?? text),
  }

  async function send(batch: SpanBatch, signal: AbortSignal): Promise<ExportResult> {
    const request = requestView(batch)
    if (request.byteLength > MAX_REQUEST_BYTES) return tooLarge(target.shown)
    try {
      const call = (own: Readonly<Record<string, string>>) => client.call(METHOD, request, signal, own)
      return resultOf(await sendAuthorised(authorization, call, isUnauthenticated, signal), target, batch.count)
    } catch (error) {
      return failed(error, target)
    }
  }

  return { name: 'otlp', export: send, close: () => client.close() }
}

function isUnauthenticated({ status }: GrpcReply): boolean {
  return status.name === 'UNAUTHENTICATED'
}

function resultOf(reply: GrpcReply, target: Target, count: number): ExportResult {
  const { status, retryAfterMs } = reply
  if (status.name === 'OK') return acknowledged(partialSuccessIn(reply), target, count)
  const said = target.hideSecrets(status.message)
  const message = `${target.shown}: ${describeGrpcStatus(status, said, target.backend)}`
  if (isMessageTooLarge(status)) return { outcome: 'too_large', message }
  const isRetryable = RETRYABLE.has(status.name) || (status.name === 'RESOURCE_EXHAUSTED' && retryAfterMs !== undefined)
  if (!isRetryable) return { outcome: 'rejected', message }
  return retryAfterMs === undefined
    ? { outcome: 'retry', message }
    : { outcome: 'retry', message, afterMs: retryAfterMs }
}

function partialSuccessIn({ message }: GrpcReply): PartialSuccess | undefined {
  try {
    return message && partialSuccessOf(message)
  } catch {
    return undefined
  }
}

/** A reply that is too large is one whose contents are unknown; every other trouble of the network may pass. */
function failed(error: unknown, { url, shown, proxy }: Target): ExportResult {
  if (isCredentialsError(error)) return withoutCredentials(error, shown)
  const message = `${shown}: ${describeNetworkError(error, url, proxy, 'grpc')}`
  const isFinal = isRequestError(error) && error.code === 'REPLY_TOO_LARGE'
  return { outcome: isFinal ? 'rejected' : 'retry', message }
}
