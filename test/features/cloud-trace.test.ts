import assert from 'node:assert/strict'
import { createServer } from 'node:net'
import { describe, type TestContext, test } from 'node:test'
import type { Stats } from '../../src/types/tracing.ts'
import { type ChildResult, runChild } from '../support/child.ts'
import {
  answer,
  type CredentialType,
  type Fault,
  type Google,
  keyPair,
  SECRETS,
  startGoogle,
} from '../support/google.ts'
import { temporaryFolder, writeCredentials } from '../support/google-files.ts'
import { listen } from '../support/http-server.ts'
import { assertBalanced } from '../support/ledger.ts'

const PROGRAM = new URL('./programs/ends.mjs', import.meta.url)
const SPANS = 1_000
const TYPES: readonly CredentialType[] = [
  'service_account',
  'authorized_user',
  'external_account',
  'external_account with a service account',
  'impersonated_service_account',
]

/** A program that knows nothing of Google but by its environment, and ends 1,000 spans and itself. */
async function end(
  t: TestContext,
  google: Google,
  way: string,
  type: CredentialType | undefined,
): Promise<ChildResult> {
  const result = await runChild(PROGRAM, {
    args: [way, 'cold'],
    env: {
      GCP_PROJECT_ID: 'demo',
      BLUEPRINT_TRACING_CLOUD_TRACE_URL: google.origin,
      GOOGLE_APPLICATION_CREDENTIALS: type && writeCredentials(t, google.credentials(type)),
      CLOUDSDK_CONFIG: temporaryFolder(t),
      GCE_METADATA_HOST: google.origin,
      OTEL_LOG_LEVEL: 'debug',
      TRACING_OPTIONS: JSON.stringify({ exitTimeoutMs: 20_000 }),
    },
  })
  assertNoSecret(result.stdout + result.stderr)
  assertNoSecret(JSON.stringify(google.spans))
  return result
}

function assertNoSecret(text: string): void {
  const keyLines = keyPair().privateKey.split('\n').slice(1, -2)
  for (const secret of [...Object.values(SECRETS), ...keyLines]) assert.ok(!text.includes(secret), text)
  // Every JWT begins like that.
  assert.ok(!text.includes('eyJ'), text)
}

describe('spans of a program that ends at once arrive in Cloud Trace', () => {
  const ways: readonly (readonly [way: string, type: CredentialType | undefined, code: number])[] = [
    ...TYPES.map(type => ['process.exit(3)', type, 3] as const),
    ['process.exit(3)', undefined, 3],
    ['natural end', 'service_account', 0],
    ['throw', 'service_account', 1],
  ]
  for (const [way, type, code] of ways) {
    test(`${way}, ${type ?? 'the account of the machine'}: ${SPANS} of ${SPANS}`, async t => {
      const google = await startGoogle(t)
      const result = await end(t, google, way, type)
      assert.equal(result.code, code, result.stderr)
      const stats = JSON.parse(result.stdout) as Stats
      assertBalanced(stats)
      assert.equal(stats.exporters.gcp_trace!.acked, SPANS, result.stderr)
      assert.equal(new Set(google.spans.map(span => span.spanId)).size, SPANS)
      assert.equal(google.spans.length, SPANS)
      assert.match(
        result.stderr,
        /exporting to gcp_trace http:\/\/127\.0\.0\.1:\d+\/v2\/projects\/demo, because GCP_PROJECT_ID is set/,
      )
    })
  }
})

test("spans of a program that ends at once arrive at Google's OTLP endpoint, which is told the project", async t => {
  const google = await startGoogle(t)
  const result = await runChild(PROGRAM, {
    args: ['process.exit(3)', 'cold'],
    env: {
      GOOGLE_CLOUD_PROJECT: 'demo',
      GOOGLE_APPLICATION_CREDENTIALS: writeCredentials(t, google.credentials('service_account')),
      OTEL_EXPORTER_OTLP_ENDPOINT: google.origin,
      OTEL_LOG_LEVEL: 'debug',
      TRACING_OPTIONS: JSON.stringify({ exitTimeoutMs: 20_000, exporters: { kind: 'otlp', auth: 'google' } }),
    },
  })
  assert.equal(result.code, 3, result.stderr)
  assertNoSecret(result.stdout + result.stderr)
  const stats = JSON.parse(result.stdout) as Stats
  assertBalanced(stats)
  assert.equal(stats.exporters.otlp!.acked, SPANS, result.stderr)
  assert.equal(google.count('/token'), 1)
})

test('a metadata server that does not answer holds the end of a program for exitTimeoutMs and no longer', async t => {
  const port = await listen(
    t,
    createServer(() => {}),
  )
  const { code, stdout, endMs } = await runChild(PROGRAM, {
    args: ['process.exit(3)', 'cold'],
    env: {
      GCP_PROJECT_ID: 'demo',
      CLOUDSDK_CONFIG: temporaryFolder(t),
      GCE_METADATA_HOST: `127.0.0.1:${port}`,
      TRACING_OPTIONS: JSON.stringify({ exitTimeoutMs: 300 }),
      PRINT_END: '1',
    },
  })
  const [begunMs, json] = stdout.split('\n')
  assert.equal(code, 3)
  // It would itself be waited for for 2.5 s.
  assert.ok(endMs - Number(begunMs) < 300 + 1_500, `${endMs - Number(begunMs)} ms`)
  const stats = JSON.parse(json!) as Stats
  assertBalanced(stats)
  assert.equal(stats.exporters.gcp_trace!.dropped.exit_timeout, SPANS)
})

describe('no key, token or other secret is shown where', () => {
  /** A server may repeat what it was sent. */
  const leaky: Fault = (response, request) => {
    const sent = [...new URLSearchParams(request.body.toString()).values()].join(' ')
    answer(400, { error: 'invalid_grant', error_description: sent.slice(-150) })(response, request)
  }
  const rows: readonly [what: string, type: CredentialType, path: string, said: RegExp][] = [
    ['a login was revoked', 'authorized_user', '/token', /lost: .*\/token: HTTP 400 \(it says: .*hidden/],
    ['a subject token is refused', 'external_account', '/sts', /lost: .*\/sts: HTTP 400 \(it says: .*hidden/],
  ]
  for (const [what, type, path, said] of rows) {
    test(what, async t => {
      const google = await startGoogle(t)
      google.fail(path, leaky, Number.POSITIVE_INFINITY)
      const result = await end(t, google, 'natural end', type)
      assert.match(result.stderr, said)
      const stats = JSON.parse(result.stdout) as Stats
      assertBalanced(stats)
      assert.equal(stats.exporters.gcp_trace!.rejected, SPANS)
    })
  }

  test('the backend repeats the token', async t => {
    const google = await startGoogle(t)
    google.fail(
      ':batchWrite',
      (response, { headers, body }) => {
        const message = `${headers.authorization} may not write ${body.length} bytes`
        answer(403, { error: { code: 403, message, status: 'PERMISSION_DENIED' } })(response, google.requests[0]!)
      },
      Number.POSITIVE_INFINITY,
    )
    const result = await end(t, google, 'natural end', 'service_account')
    assert.match(
      result.stderr,
      /HTTP 403: tracer@demo\S+ lacks a permission; grant it .* \(it says: Bearer \[hidden\] may not/,
    )
  })
})
