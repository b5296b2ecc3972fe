import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { planCloudTrace } from '../../src/config/cloud-trace.ts'
import { EnvironmentReader } from '../../src/config/environment.ts'
import type { CloudTraceExporterConfig, GoogleConfig } from '../../src/types/config.ts'

const GOOGLE: GoogleConfig = {
  credentialsFile: undefined,
  namedBy: 'GOOGLE_APPLICATION_CREDENTIALS',
  gcloudFolder: undefined,
  metadataUrl: 'http://169.254.169.254',
  quotaProjectId: undefined,
  proxies: { https: undefined, http: undefined, exceptions: '' },
}
const DEFAULTS: CloudTraceExporterConfig = {
  kind: 'gcp_trace',
  url: 'https://cloudtrace.googleapis.com/',
  projectId: undefined,
  google: GOOGLE,
  timeoutMs: 7_000,
}
/** Any file will do: it is read later. */
const FILE = fileURLToPath(import.meta.url)
const URL_VARIABLE = 'BLUEPRINT_TRACING_CLOUD_TRACE_URL'
const google = (part: Partial<GoogleConfig>): Partial<CloudTraceExporterConfig> => ({ google: { ...GOOGLE, ...part } })

describe('what the options and the environment make of Cloud Trace:', () => {
  const rows: readonly [
    options: object,
    variables: Record<string, string>,
    result: Partial<CloudTraceExporterConfig>,
    notices?: readonly string[],
  ][] = [
    [{}, {}, {}],
    [{ projectId: 'p' }, { GCP_PROJECT_ID: 'q' }, { projectId: 'p' }],
    [{}, { GCP_PROJECT_ID: 'q', GOOGLE_CLOUD_PROJECT: 'r', GCLOUD_PROJECT: 's' }, { projectId: 'q' }],
    [{}, { GOOGLE_CLOUD_PROJECT: 'example.com:r', GCLOUD_PROJECT: 's' }, { projectId: 'example.com:r' }],
    [{}, { GCLOUD_PROJECT: '123456' }, { projectId: '123456' }],
    [{}, { GCP_PROJECT_ID: 'a/b', GOOGLE_CLOUD_PROJECT: 'r' }, { projectId: 'r' }, ['GCP_PROJECT_ID']],
    [{ url: 'http://t:1' }, { [URL_VARIABLE]: 'http://u' }, { url: 'http://t:1/' }],
    [{ url: 'http://me:secret@t:1/base?x=1' }, {}, { url: 'http://t:1/base/' }],
    [{}, { [URL_VARIABLE]: 'u:1' }, { url: 'http://u:1/' }],
    [{}, { [URL_VARIABLE]: 'ftp://u' }, {}, [URL_VARIABLE]],
    [{ credentialsFile: FILE }, {}, google({ credentialsFile: FILE, namedBy: 'credentialsFile' })],
    [{}, { GOOGLE_APPLICATION_CREDENTIALS: '/none.json' }, google({ credentialsFile: '/none.json' })],
    [
      { credentialsFile: FILE },
      { GOOGLE_APPLICATION_CREDENTIALS: '/none.json' },
      google({ credentialsFile: FILE, namedBy: 'credentialsFile' }),
    ],
    [{}, { CLOUDSDK_CONFIG: '/gcloud' }, google({ gcloudFolder: '/gcloud' })],
    [{}, { GCE_METADATA_HOST: 'm:80' }, google({ metadataUrl: 'http://m' })],
    [{}, { GCE_METADATA_HOST: 'http://m:8080/x' }, google({ metadataUrl: 'http://m:8080' })],
    [{}, { GCE_METADATA_HOST: '://' }, {}, ['GCE_METADATA_HOST']],
    [{}, { GOOGLE_CLOUD_QUOTA_PROJECT: 'q' }, google({ quotaProjectId: 'q' })],
    [
      {},
      { HTTPS_PROXY: 'p:1', NO_PROXY: 'a,b' },
      google({ proxies: { https: 'http://p:1/', http: undefined, exceptions: 'a,b' } }),
    ],
  ]
  for (const [options, variables, result, notices = []] of rows) {
    test(`${JSON.stringify(options)}, ${JSON.stringify(variables)}`, () => {
      const environment = new EnvironmentReader(variables)
      const config = planCloudTrace('exporters', { kind: 'gcp_trace', ...options })(environment, 7_000)
      assert.deepEqual(config, { ...DEFAULTS, ...result })
      assert.deepEqual(
        environment.notices.map(notice => notice.split(' ', 1)[0]),
        notices,
      )
    })
  }
})
