import type { MonitoringConfig } from '../config/metrics.ts'
import { isUnauthorized, sendAuthorised } from '../net/authorization.ts'
import { createGoogleCredentials, type GoogleCredentials } from '../net/google/credentials.ts'
import { credentialsError, isCredentialsError } from '../net/google/credentials-error.ts'
import { createHttpClient, type HttpClient, type HttpReply } from '../net/http-client.ts'
import { proxyFor } from '../net/no-proxy.ts'
import { printableUrl } from '../net/printable.ts'
import { type BackendKind, describeHttpStatus } from '../net/status-trouble.ts'
import { describeNetworkError } from '../net/trouble.ts'
import { VERSION } from '../version.ts'
import type { SeriesSnapshot } from './snapshot.ts'
import { type Origin, toTimeSeries } from './time-series.ts'

const SCOPE = 'https://www.googleapis.com/auth/monitoring.write'
/** What one timeSeries.create takes. */
const MAX_SERIES_PER_REQUEST = 200
const TIMEOUT_MS = 10_000
const NO_PROJECT = 'no project is known; set GCP_PROJECT_ID'
/** Further requests would have the same answer. */
const HOPELESS: ReadonlySet<number> = new Set([401, 403, 404, 429, 503])

interface Destination {
  readonly url: string
  readonly client: HttpClient
  readonly origin: Origin
}

/** Writes series by `projects.timeSeries.create` of the Cloud Monitoring API v3. */
export class MonitoringWriter {
  private readonly config: MonitoringConfig
  private readonly taskId: string
  private readonly credentials: GoogleCredentials
  private destination: Destination | undefined

  constructor(config: MonitoringConfig, taskId: string) {
    this.config = config
    this.taskId = taskId
    this.credentials = createGoogleCredentials(config.google, [SCOPE])
  }

  /** Resolves with what went wrong first, in a clause that holds no secret; undefined if all was taken. Never rejects. */
  async write(series: readonly SeriesSnapshot[], endMs: number, signal: AbortSignal): Promise<string | undefined> {
    let trouble: string | undefined
    let url = this.config.url
    try {
      const { client, origin, ...destination } = await this.open(signal)
      url = destination.url
      for (let start = 0; start < series.length; start += MAX_SERIES_PER_REQUEST) {
        const part = series.slice(start, start + MAX_SERIES_PER_REQUEST)
        const body = JSON.stringify({ timeSeries: part.map(one => toTimeSeries(one, endMs, origin)) })
        const post = (headers: Readonly<Record<string, string>>): Promise<HttpReply> =>
          client.post(Buffer.from(body), headers, signal)
        const reply = await sendAuthorised(this.credentials, post, isUnauthorized, signal)
        if (reply.status >= 200 && reply.status < 300) continue
        trouble ??= `${printableUrl(url)}: ${this.describe(reply, url, origin.projectId)}`
        if (HOPELESS.has(reply.status)) break
      }
    } catch (error) {
      trouble ??= `${printableUrl(url)}: ${describeFailure(error, url, this.config)}`
    }
    return trouble
  }

  async close(): Promise<void> {
    await this.credentials.close()
    await this.destination?.client.close()
  }

  private async open(signal: AbortSignal): Promise<Destination> {
    if (this.destination !== undefined) return this.destination
    const { url: base, namespace, job, google } = this.config
    const projectId = this.config.projectId ?? (await this.credentials.projectId(signal))
    if (projectId === undefined) throw credentialsError(NO_PROJECT, false)
    const url = `${base}v3/projects/${encodeURIComponent(projectId)}/timeSeries`
    const headers = { 'user-agent': `blueprint-tracing/${VERSION}`, 'content-type': 'application/json' }
    const proxy = proxyFor(new URL(url), google.proxies)
    const client = createHttpClient({ url, proxy, headers, tls: undefined, timeoutMs: TIMEOUT_MS })
    this.destination = { url, client, origin: { projectId, namespace, job, taskId: this.taskId } }
    return this.destination
  }

  private describe(reply: HttpReply, url: string, projectId: string): string {
    const said = serverMessage(reply)
    const account = this.credentials.account ?? 'the account of the credentials'
    const backend: BackendKind = {
      endpoint: `the URL of the Cloud Monitoring API, and ${projectId} the id of a project`,
      usualPath: '/timeSeries',
      credentials: 'check those that GOOGLE_APPLICATION_CREDENTIALS names, or log in again with gcloud',
      forbidden: `${account} lacks a permission; grant it the role roles/monitoring.metricWriter in project ${projectId}`,
    }
    return describeHttpStatus(reply.status, said && this.credentials.hideSecrets(said), url, backend)
  }
}

function describeFailure(error: unknown, url: string, { google }: MonitoringConfig): string {
  if (isCredentialsError(error)) return error.message
  return describeNetworkError(error, url, proxyFor(new URL(url), google.proxies))
}

/** Google's APIs answer errors with `{ error: { message } }`. */
function serverMessage({ body }: HttpReply): string | undefined {
  try {
    const { error } = JSON.parse(Buffer.from(body).toString()) as { error?: { message?: unknown } }
    return typeof error?.message === 'string' ? error.message : undefined
  } catch {
    return undefined
  }
}
