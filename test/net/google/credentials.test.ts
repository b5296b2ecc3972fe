import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { describe, type TestContext, test } from 'node:test'
import { createGoogleCredentials, type GoogleCredentials } from '../../../src/net/google/credentials.ts'
import { isCredentialsError } from '../../../src/net/google/credentials-error.ts'
import type { GoogleConfig } from '../../../src/types/config.ts'
import { ACCOUNT, answer, type CredentialType, type Google, SECRETS, startGoogle } from '../../support/google.ts'
import { googleConfig, temporaryFolder, writeCredentials } from '../../support/google-files.ts'
import { closedPort, listen } from '../../support/http-server.ts'
import { startProxy } from '../../support/proxy-server.ts'

const TRACE_SCOPE = 'https://www.googleapis.com/auth/trace.append'
const NEVER = new AbortController().signal

function credentialsFor(t: TestContext, config: Partial<GoogleConfig>, nowMs?: () => number): GoogleCredentials {
  const credentials = createGoogleCredentials(googleConfig(t, config), [TRACE_SCOPE], nowMs)
  t.after(() => credentials.close())
  return credentials
}

/** Credentials of a file with the fields of a type, some of them replaced. */
function fileCredentials(t: TestContext, google: Google, type: CredentialType, fields: object = {}): GoogleCredentials {
  return credentialsFor(t, { credentialsFile: writeCredentials(t, { ...google.credentials(type), ...fields }) })
}

function tokenOf(headers: Readonly<Record<string, string>>): string {
  return headers.authorization!.replace('Bearer ', '')
}

async function failureOf(promise: Promise<unknown>): Promise<{ message: string; isFinal: boolean }> {
  const error = await promise.then(
    () => assert.fail('nothing has failed'),
    (error: unknown) => error,
  )
  assert.ok(isCredentialsError(error), String(error))
  for (const secret of Object.values(SECRETS)) assert.ok(!error.message.includes(secret), error.message)
  assert.doesNotMatch(error.message, /PRIVATE KEY|eyJ/)
  return { message: error.message, isFinal: error.isFinal }
}

describe('a token comes by credentials of type', () => {
  const rows: readonly [type: CredentialType, by: string, account: string | undefined, requests: readonly string[]][] =
    [
      ['service_account', 'service_account', ACCOUNT, ['/token']],
      ['authorized_user', 'authorized_user', undefined, ['/token']],
      ['external_account', 'external_account', undefined, ['/subject-token', '/sts']],
      [
        'external_account with a service account',
        'impersonation',
        ACCOUNT,
        ['/subject-token', '/sts', `/v1/projects/-/serviceAccounts/${ACCOUNT}:generateAccessToken`],
      ],
      [
        'impersonated_service_account',
        'impersonation',
        ACCOUNT,
        ['/token', `/v1/projects/-/serviceAccounts/${ACCOUNT}:generateAccessToken`],
      ],
    ]
  for (const [type, by, account, requests] of rows) {
    test(`${type}, by ${requests.length} requests, and is kept`, async t => {
      const google = await startGoogle(t)
      const credentials = fileCredentials(t, google, type)
      const [first, second] = await Promise.all([credentials.headers(NEVER), credentials.headers(NEVER)])
      assert.equal(google.tokens.get(tokenOf(first))?.by, by)
      assert.deepEqual(first, second)
      assert.deepEqual(await credentials.headers(NEVER), first)
      assert.deepEqual(
        google.requests.map(({ path }) => path),
        requests,
      )
      assert.equal(credentials.account, account)
    })
  }

  test('external_account with a service account whose tokens last as long as the file says', async t => {
    const google = await startGoogle(t)
    const lifetime = { service_account_impersonation: { token_lifetime_seconds: 600 } }
    const file = { ...google.credentials('external_account with a service account'), ...lifetime }
    let aheadMs = 0
    const credentials = credentialsFor(t, { credentialsFile: writeCredentials(t, file) }, () => Date.now() + aheadMs)
    const first = await credentials.headers(NEVER)
    assert.equal(JSON.parse(google.requests.at(-1)!.body.toString()).lifetime, '600s')
    aheadMs = 595_000
    assert.notEqual((await credentials.headers(NEVER)).authorization, first.authorization)
  })

  test('external_account with a file that is read each time', async t => {
    const google = await startGoogle(t)
    const file = join(temporaryFolder(t), 'subject')
    writeFileSync(file, 'an old one\n')
    const credentials = fileCredentials(t, google, 'external_account', { credential_source: { file } })
    const { message, isFinal } = await failureOf(credentials.headers(NEVER))
    assert.match(message, /\/sts: HTTP 400 \(it says: invalid_grant: not accepted\); does the pool know the issuer/)
    assert.equal(isFinal, true)
    writeFileSync(file, `${SECRETS.subjectToken}\n`)
    assert.equal(google.tokens.get(tokenOf(await credentials.headers(NEVER)))?.by, 'external_account')
  })
})

describe('where credentials are looked for', () => {
  test('the file that is named goes before the one of gcloud', async t => {
    const google = await startGoogle(t)
    const gcloudFolder = temporaryFolder(t)
    const user = JSON.stringify(google.credentials('authorized_user'))
    writeFileSync(join(gcloudFolder, 'application_default_credentials.json'), user)
    const credentialsFile = writeCredentials(t, google.credentials('service_account'))
    const named = await credentialsFor(t, { gcloudFolder, credentialsFile }).headers(NEVER)
    const found = await credentialsFor(t, { gcloudFolder }).headers(NEVER)
    assert.equal(google.tokens.get(tokenOf(named))?.by, 'service_account')
    assert.equal(google.tokens.get(tokenOf(found))?.by, 'authorized_user')
  })

  test('without a file the metadata server is asked, for the scope that is needed', async t => {
    const google = await startGoogle(t)
    const headers = await credentialsFor(t, { metadataUrl: google.origin }).headers(NEVER)
    assert.deepEqual(google.tokens.get(tokenOf(headers)), { by: 'metadata', scopes: [TRACE_SCOPE], revoked: false })
  })

  test('a file that is named and not there is an error, and the metadata server is not asked', async t => {
    const google = await startGoogle(t)
    const credentials = credentialsFor(t, { credentialsFile: '/nowhere/key.json', metadataUrl: google.origin })
    assert.deepEqual(await failureOf(credentials.headers(NEVER)), {
      message: 'GOOGLE_APPLICATION_CREDENTIALS: credentials file /nowhere/key.json cannot be read (ENOENT)',
      isFinal: true,
    })
    assert.equal(google.requests.length, 0)
  })

  test('what answers in place of the metadata server is not believed', async t => {
    const google = await startGoogle(t)
    google.fail('/token', answer(200, { access_token: 'false' }, { 'metadata-flavor': 'Other' }))
    const { message, isFinal } = await failureOf(credentialsFor(t, { metadataUrl: google.origin }).headers(NEVER))
    assert.match(
      message,
      /no Google credentials found: GOOGLE_APPLICATION_CREDENTIALS is not set, .*application_default/,
    )
    assert.match(message, /what answers is not Google's metadata server$/)
    assert.equal(isFinal, false)
  })

  for (const place of ['refuses', 'is silent'] as const) {
    test(`a metadata server that ${place} is given up within 3 s`, async t => {
      const server = createServer(() => {})
      const port = place === 'refuses' ? await closedPort() : await listen(t, server)
      const startMs = performance.now()
      const credentials = credentialsFor(t, { metadataUrl: `http://127.0.0.1:${port}` })
      const { message, isFinal } = await failureOf(credentials.headers(NEVER))
      assert.ok(performance.now() - startMs < 3_000)
      assert.match(message, place === 'refuses' ? /connection refused$/ : /no answer within 2500 ms/)
      assert.equal(isFinal, false)
    })
  }
})

describe('the project', () => {
  const rows: readonly [type: CredentialType | undefined, project: string][] = [
    ['service_account', 'key-project'],
    ['authorized_user', 'metadata-project'],
    [undefined, 'metadata-project'],
  ]
  for (const [type, project] of rows) {
    test(`of ${type ?? 'the machine'} is ${project}`, async t => {
      const google = await startGoogle(t)
      const credentialsFile = type && writeCredentials(t, google.credentials(type))
      const credentials = credentialsFor(t, { credentialsFile, metadataUrl: google.origin })
      assert.equal(await credentials.projectId(NEVER), project)
      assert.equal(await credentials.projectId(NEVER), project)
      assert.ok(google.requests.length <= 1)
    })
  }

  test('that nobody knows is looked for again', async t => {
    const google = await startGoogle(t)
    google.fail('/project/project-id', answer(503, ''))
    const credentials = credentialsFor(t, { metadataUrl: google.origin })
    assert.equal(await credentials.projectId(NEVER), undefined)
    assert.equal(await credentials.projectId(NEVER), 'metadata-project')
  })

  test('that quotas are charged to comes from the configuration, else from the file', async t => {
    const google = await startGoogle(t)
    const credentialsFile = writeCredentials(t, google.credentials('authorized_user'))
    const own = await credentialsFor(t, { credentialsFile }).headers(NEVER)
    const given = await credentialsFor(t, { credentialsFile, quotaProjectId: 'given' }).headers(NEVER)
    assert.deepEqual([own['x-goog-user-project'], given['x-goog-user-project']], ['quota-project', 'given'])
  })
})

describe('time', () => {
  test('a token is renewed before it expires, and after it was refused', async t => {
    const google = await startGoogle(t)
    let aheadMs = 0
    const credentialsFile = writeCredentials(t, google.credentials('authorized_user'))
    const credentials = credentialsFor(t, { credentialsFile }, () => Date.now() + aheadMs)
    const first = await credentials.headers(NEVER)
    aheadMs = 3_595_000
    const second = await credentials.headers(NEVER)
    assert.notEqual(second.authorization, first.authorization)
    credentials.refused(second)
    const third = await credentials.headers(NEVER)
    assert.notEqual(third.authorization, second.authorization)
    assert.equal(google.count('/token'), 3)
  })

  test('a clock that is wrong is said where it is the reason', async t => {
    const google = await startGoogle(t)
    const credentialsFile = writeCredentials(t, google.credentials('service_account'))
    const credentials = credentialsFor(t, { credentialsFile }, () => Date.now() + 900_000)
    const { message } = await failureOf(credentials.headers(NEVER))
    assert.match(message, /invalid_grant: Invalid JWT: .*; the clock here is (89|90)\d s ahead of the server's/)
  })

  test('whoever gives up does not take the token from others', async t => {
    const google = await startGoogle(t)
    let answerNow = () => {}
    const asked = new Promise<void>(resolve => {
      google.fail('/token', response => {
        answerNow = () => void answer(200, { access_token: 'late', expires_in: 3_600 })(response, google.requests[0]!)
        resolve()
      })
    })
    const credentials = fileCredentials(t, google, 'authorized_user')
    const abort = new AbortController()
    const impatient = failureOf(credentials.headers(abort.signal))
    const patient = credentials.headers(NEVER)
    await asked
    abort.abort()
    assert.deepEqual(await impatient, {
      message: 'no access token came before the request was given up',
      isFinal: false,
    })
    answerNow()
    assert.equal(tokenOf(await patient), 'late')
  })

  test('a key that was replaced in its file is used after the old one was refused', async t => {
    const google = await startGoogle(t)
    const file = writeCredentials(t, { ...google.credentials('service_account'), client_email: 'old@demo' })
    const credentials = credentialsFor(t, { credentialsFile: file })
    assert.match(
      (await failureOf(credentials.headers(NEVER))).message,
      /was the key deleted or the account disabled\?$/,
    )
    writeFileSync(file, JSON.stringify(google.credentials('service_account')))
    assert.equal(google.tokens.get(tokenOf(await credentials.headers(NEVER)))?.by, 'service_account')
  })
})

describe('a proxy', () => {
  test('takes requests for subject and access tokens', async t => {
    const google = await startGoogle(t)
    const proxy = await startProxy(t, Number(new URL(google.origin).port))
    const proxies = { https: undefined, http: proxy.origin, exceptions: '' }
    const fields = JSON.stringify(google.credentials('external_account'))
    const credentialsFile = writeCredentials(t, fields.replaceAll(google.origin, 'http://google.test'))
    const headers = await credentialsFor(t, { credentialsFile, proxies }).headers(NEVER)
    assert.equal(google.tokens.get(tokenOf(headers))?.by, 'external_account')
    assert.deepEqual(proxy.requests, ['GET http://google.test/subject-token', 'POST http://google.test/sts'])
  })

  test('is not asked for the metadata server, which is part of the machine', async t => {
    const google = await startGoogle(t)
    // Were it asked, nothing would answer: the host of the URL is this machine by another of its names.
    const proxies = { https: undefined, http: `http://127.0.0.1:${await closedPort()}`, exceptions: '' }
    const metadataUrl = google.origin.replace('127.0.0.1', '0.0.0.0')
    const headers = await credentialsFor(t, { metadataUrl, proxies }).headers(NEVER)
    assert.equal(google.tokens.get(tokenOf(headers))?.by, 'metadata')
  })
})

describe('a token server that answers', () => {
  const leak = { error: 'invalid_grant', error_description: `no such token ${SECRETS.refreshToken}` }
  const rows: readonly [what: string, status: number, body: object | string, clause: RegExp, isFinal: boolean][] = [
    [
      '400 invalid_grant',
      400,
      { error: 'invalid_grant' },
      /HTTP 400 \(it says: invalid_grant\); the login has expired or was revoked; run gcloud/,
      true,
    ],
    ['401 invalid_client', 401, { error: 'invalid_client' }, /; client_id or client_secret is wrong$/, true],
    ['400 with the secret in it', 400, leak, /no such token \[hidden\]/, true],
    [
      '400 with a word that every object has',
      400,
      { error: 'constructor' },
      /HTTP 400 \(it says: constructor\)$/,
      true,
    ],
    ['403 of a proxy', 403, 'no', /HTTP 403$/, true],
    ['404', 404, '', /HTTP 404$/, true],
    ['429', 429, '', /HTTP 429$/, false],
    ['500', 500, { error: { status: 'INTERNAL', message: 'oh' } }, /HTTP 500 \(it says: INTERNAL: oh\)$/, false],
    ['503', 503, '', /HTTP 503$/, false],
    ['200 without a token', 200, {}, /the answer holds no access token$/, false],
    ['200 with a token that is no header', 200, { access_token: 'a\r\nb: c' }, /holds no access token$/, false],
    ['200 with something else', 200, '<html>', /the answer holds no access token$/, false],
  ]
  for (const [what, status, body, clause, isFinal] of rows) {
    test(`${what}: ${isFinal ? 'final' : 'may pass'}`, async t => {
      const google = await startGoogle(t)
      google.fail('/token', answer(status, body))
      const credentials = fileCredentials(t, google, 'authorized_user')
      const failure = await failureOf(credentials.headers(NEVER))
      assert.match(failure.message, clause)
      assert.ok(failure.message.startsWith(`${google.origin}/token: `), failure.message)
      assert.equal(failure.isFinal, isFinal)
    })
  }

  test('without a lifetime gives one that lasts an hour', async t => {
    const google = await startGoogle(t)
    google.fail('/token', answer(200, { access_token: 'brief' }))
    const credentials = fileCredentials(t, google, 'authorized_user')
    assert.equal(tokenOf(await credentials.headers(NEVER)), 'brief')
    assert.equal(tokenOf(await credentials.headers(NEVER)), 'brief')
  })

  test('403 to an impersonation names the role and the account', async t => {
    const google = await startGoogle(t)
    const body = {
      error: { code: 403, status: 'PERMISSION_DENIED', message: 'iam.serviceAccounts.getAccessToken denied' },
    }
    google.fail(':generateAccessToken', answer(403, body))
    const { message, isFinal } = await failureOf(
      fileCredentials(t, google, 'impersonated_service_account').headers(NEVER),
    )
    assert.match(
      message,
      new RegExp(`; the credentials need the role roles/iam.serviceAccountTokenCreator on ${ACCOUNT}$`),
    )
    assert.equal(isFinal, true)
  })

  test('nothing, since there is none', async t => {
    const google = await startGoogle(t)
    const url = `http://127.0.0.1:${await closedPort()}/token`
    const credentials = fileCredentials(t, google, 'authorized_user', { token_uri: url })
    assert.deepEqual(await failureOf(credentials.headers(NEVER)), {
      message: `${url}: connection refused`,
      isFinal: false,
    })
  })
})
