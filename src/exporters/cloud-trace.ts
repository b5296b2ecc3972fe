import { isUnauthorized, sendAuthorised } from '../net/authorization.ts'
import { ClockComparison } from '../net/clock-skew.ts'
import { createGoogleCredentials, type GoogleCredentials } from '../net/google/credentials.ts'
import { credentialsError } from '../net/google/credentials-error.ts'
import { TRACE_SCOPE } from '../net/google/token.ts'
import { createHttpClient, type HttpClient, type HttpReply } from '../net/http-client.ts'
import { proxyFor } from '../net/no-proxy.ts'
import { printableUrl } from '../net/printable.ts'
import { type BackendKind, CUT_VALUES } from '../net/status-trouble.ts'
import type { CloudTraceExporterConfig } from '../types/config.ts'
import type { Exporter, ExportResult, SpanBatch } from '../types/exporter.ts'
import { VERSION } from '../version.ts'
import { type CloudTraceMapper, createCloudTraceMapper } from './cloud-trace-span.ts'
import { googleHints, googleProjectOf, NO_PROJECT } from './google-project.ts'
import { failed, isSuccess, refused } from './http-outcome.ts'
import { headerOf, isWebPage } from './otlp-reply.ts'
import { createTurns } from './turns.ts'

/** No limit is published. Users have met one of 16 MiB, which may count other bytes than those of the JSON. */
const MAX_BODY_BYTES = 8 * 1024 * 1024
const ENVELOPE_BYTES = '{"spans":[]}'.length

/** Where the spans of one resource go, and how. */
interface Destination {
  readonly projectId: string
  readonly url: string
  readonly shown: string
  readonly proxy: string | undefined
  readonly client: HttpClient
  readonly toSpan: CloudTraceMapper
}

/** Writes each batch by one `traces:batchWrite` of the Cloud Trace API v2. */
export function createCloudTraceExporter(config: CloudTraceExporterConfig): Exporter {
  const credentials = createGoogleCredentials(config.google, [TRACE_SCOPE])
  const clock = new ClockComparison()
  const turn = createTurns()
  let opening: Promise<Destination> | undefined

  /** Once the project is known; while it is not, each batch asks again. */
  function destinationOf(batch: SpanBatch, signal: AbortSignal): Promise<Destination> {
    opening ??= openDestination(batch, config, credentials, signal).catch(error => {
      opening = undefined
      throw error
    })
    return opening
  }

  async function send(batch: SpanBatch, signal: AbortSignal): Promise<ExportResult> {
    let url = config.url
    try {
      const destination = await destinationOf(batch, signal)
      url = destination.url
      const { client, shown } = destination
      await turn()
      const body = encodeBody(batch, destination.toSpan)
      if (body === undefined) {
        return { outcome: 'too_large', message: `${shown}: the request is over 8 MiB; ${CUT_VALUES}` }
      }
      const post = (headers: Readonly<Record<string, string>>) => client.post(body, headers, signal)
      const sentMs = Date.now()
      const reply = await sendAuthorised(credentials, post, isUnauthorized, signal)
      if (isSuccess(reply)) return acknowledged(reply, shown, clock.remark(headerOf(reply, 'date'), sentMs, Date.now()))
      const backend = backendOf(destination.projectId, credentials.account)
      return refused(reply, { ...destination, backend, hideSecrets: credentials.hideSecrets })
    } catch (error) {
      const proxy = proxyFor(new URL(url), config.google.proxies)
      return failed(error, { url, shown: printableUrl(url), proxy })
    }
  }

  return {
    name: 'gcp_trace',
    export: send,
    async close() {
      await credentials.close()
      const destination = await opening?.catch(() => undefined)
      await destination?.client.close()
    },
  }
}

async function openDestination(
  { resource, scope }: SpanBatch,
  config: CloudTraceExporterConfig,
  credentials: GoogleCredentials,
  signal: AbortSignal,
): Promise<Destination> {
  const projectId = config.projectId ?? googleProjectOf(resource) ?? (await credentials.projectId(signal))
  if (projectId === undefined) throw credentialsError(NO_PROJECT, false)
  const url = `${config.url}v2/projects/${encodeURIComponent(projectId)}/traces:batchWrite`
  const proxy = proxyFor(new URL(url), config.google.proxies)
  const headers = { 'user-agent': `blueprint-tracing/${VERSION}`, 'content-type': 'application/json' }
  const client = createHttpClient({ url, proxy, headers, tls: undefined, timeoutMs: config.timeoutMs })
  const toSpan = createCloudTraceMapper(projectId, { resource, scope })
  return { projectId, url, shown: printableUrl(url), proxy, client, toSpan }
}

/** Undefined where the request would be too large. */
function encodeBody(batch: SpanBatch, toSpan: CloudTraceMapper): Buffer | undefined {
  const spans: string[] = []
  let bytes = ENVELOPE_BYTES
  for (const span of batch.spans()) {
    const json = JSON.stringify(toSpan(span))
    bytes += Buffer.byteLength(json) + 1
    if (bytes > MAX_BODY_BYTES) return undefined
    spans.push(json)
  }
  return Buffer.from(`{"spans":[${spans.join()}]}`)
}

function acknowledged(reply: HttpReply, shown: string, remark: string | undefined): ExportResult {
  if (isWebPage(reply)) {
    return { outcome: 'rejected', message: `${shown}: a web page answers; is this the URL of the Cloud Trace API?` }
  }
  return remark === undefined ? { outcome: 'acked' } : { outcome: 'acked', message: `${shown}: ${remark}` }
}

function backendOf(projectId: string, account: string | undefined): BackendKind {
  return {
    endpoint: `the URL of the Cloud Trace API, and ${projectId} the id of a project`,
    usualPath: '/traces:batchWrite',
    ...googleHints(account, projectId),
  }
}
