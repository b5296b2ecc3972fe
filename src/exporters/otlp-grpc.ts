import { type Authorization, sendAuthorised } from '../net/authorization.ts'
import { createGrpcClient, type GrpcReply } from '../net/grpc-client.ts'
import { describeGrpcStatus, isMessageTooLarge } from '../net/grpc-trouble.ts'
import { requestView } from '../pipeline/batch.ts'
import type { OtlpExporterConfig } from '../types/config.ts'
import type { Exporter, ExportResult, SpanBatch } from '../types/exporter.ts'
import { VERSION } from '../version.ts'
import { failed, type HttpTarget, retry } from './http-outcome.ts'
import { acknowledged, MAX_REQUEST_BYTES, tooLarge } from './otlp-outcome.ts'
import { type PartialSuccess, partialSuccessOf } from './otlp-reply.ts'
import { createOtlpTarget } from './otlp-target.ts'

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

/** Sends each batch by one call of OTLP/gRPC; `authorization` adds to the headers of the configuration. */
export function createOtlpGrpcExporter(config: OtlpExporterConfig, authorization?: Authorization): Exporter {
  const client = createGrpcClient({
    ...config,
    headers: { 'user-agent': `blueprint-tracing/${VERSION}`, ...config.headers },
  })
  const target = createOtlpTarget(config, authorization)

  async function send(batch: SpanBatch, signal: AbortSignal): Promise<ExportResult> {
    const request = requestView(batch)
    if (request.byteLength > MAX_REQUEST_BYTES) return tooLarge(target.shown)
    try {
      const call = (own: Readonly<Record<string, string>>) => client.call(METHOD, request, signal, own)
      return resultOf(await sendAuthorised(authorization, call, isUnauthenticated, signal), target, batch.count)
    } catch (error) {
      return failed(error, target, 'grpc')
    }
  }

  return { name: 'otlp', export: send, close: () => client.close() }
}

function isUnauthenticated({ status }: GrpcReply): boolean {
  return status.name === 'UNAUTHENTICATED'
}

function resultOf(reply: GrpcReply, target: HttpTarget, count: number): ExportResult {
  const { status, retryAfterMs } = reply
  if (status.name === 'OK') return acknowledged(partialSuccessIn(reply), target, count)
  const said = target.hideSecrets(status.message)
  const message = `${target.shown}: ${describeGrpcStatus(status, said, target.backend)}`
  if (isMessageTooLarge(status)) return { outcome: 'too_large', message }
  const isRetryable = RETRYABLE.has(status.name) || (status.name === 'RESOURCE_EXHAUSTED' && retryAfterMs !== undefined)
  return isRetryable ? retry(message, retryAfterMs) : { outcome: 'rejected', message }
}

function partialSuccessIn({ message }: GrpcReply): PartialSuccess | undefined {
  try {
    return message && partialSuccessOf(message)
  } catch {
    return undefined
  }
}
