import { createHttpClient } from '../net/http-client.ts'
import { printableUrl } from '../net/printable.ts'
import { secretHider } from '../net/secrets.ts'
import type { BackendKind } from '../net/status-trouble.ts'
import type { JaegerExporterConfig } from '../types/config.ts'
import type { Exporter, ExportResult, SpanBatch } from '../types/exporter.ts'
import { VERSION } from '../version.ts'
import { ThriftBinaryWriter } from '../wire/thrift-binary-writer.ts'
import { failed, isSuccess, refused } from './http-outcome.ts'
import { writeBatchHead, writeSpan } from './jaeger-encode.ts'
import { toJaegerProcess, toJaegerSpan } from './jaeger-span.ts'
import { isWebPage } from './otlp-reply.ts'
import { createTurns } from './turns.ts'

const JAEGER_BACKEND: BackendKind = {
  endpoint: 'a Jaeger collector',
  usualPath: '/api/traces',
  credentials: 'put user name and password into the URL',
}
const HEADERS = { 'content-type': 'application/vnd.apache.thrift.binary' }
/** Spans take up to four times as much as in OTLP; the memory grows with those that take more. */
const GROWTH = 3

/** Posts each batch as one `Batch` in Thrift's binary protocol. */
export function createJaegerHttpExporter(config: JaegerExporterConfig): Exporter {
  const { url, proxy } = config
  const headers = { 'user-agent': `blueprint-tracing/${VERSION}`, ...config.headers }
  const client = createHttpClient({ ...config, headers, tls: undefined })
  const hideSecrets = secretHider(url, config.headers)
  const target = { url, shown: printableUrl(url), proxy, backend: JAEGER_BACKEND, hideSecrets }
  const turn = createTurns()

  async function send(batch: SpanBatch, signal: AbortSignal): Promise<ExportResult> {
    await turn()
    try {
      const reply = await client.post(encodeBatch(batch), HEADERS, signal)
      if (isSuccess(reply) && !isWebPage(reply)) return { outcome: 'acked' }
      if (isSuccess(reply)) {
        const message = `${target.shown}: a web page answers; is this the URL of a Jaeger collector?`
        return { outcome: 'rejected', message }
      }
      const result = refused(reply, target)
      // Jaeger could read the batch and had no room for it, or its storage failed.
      if (reply.status === 500 && result.outcome === 'rejected') return { ...result, outcome: 'retry' }
      return result
    } catch (error) {
      return failed(error, target)
    }
  }

  return { name: 'jaeger', export: send, close: () => client.close() }
}

function encodeBatch(batch: SpanBatch): Uint8Array {
  const writer = new ThriftBinaryWriter(GROWTH * batch.bytes.length)
  writer.begin()
  writeBatchHead(writer, toJaegerProcess(batch.resource), batch.count)
  for (const span of batch.spans()) writeSpan(writer, toJaegerSpan(span, batch.scope))
  writer.end()
  return writer.out.slice()
}
