import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { readCredentialsFile } from '../../../src/net/google/credentials-file.ts'
import { createRequests } from '../../../src/net/google/requests.ts'
import { createTokenSource } from '../../../src/net/google/token-source.ts'
import { type CredentialType, SECRETS, startGoogle } from '../../support/google.ts'
import { googleConfig, temporaryFolder, writeCredentials } from '../../support/google-files.ts'

const PROXIES = { https: undefined, http: undefined, exceptions: '' }
const TYPES = 'service_account, authorized_user, external_account, impersonated_service_account'
const EC_KEY = generateKeyPairSync('ec', {
  namedCurve: 'P-256',
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
}).privateKey

describe('a credentials file whose', () => {
  const source = { file: '/token', format: { type: 'json' } }
  const rows: readonly [type: CredentialType, field: string, value: unknown, said: string][] = [
    ['service_account', 'type', undefined, 'type must be a non-empty text'],
    ['service_account', 'type', 'external_account_authorized_user', `type must be one of ${TYPES}`],
    ['service_account', 'type', 'toString', `type must be one of ${TYPES}`],
    ['service_account', 'client_email', undefined, 'client_email must be a non-empty text'],
    ['service_account', 'client_email', 7, 'client_email must be a non-empty text'],
    ['service_account', 'private_key', '', 'private_key must be a non-empty text'],
    ['service_account', 'private_key', SECRETS.clientSecret, 'private_key must be a private key in PEM'],
    ['service_account', 'private_key', EC_KEY, 'private_key must be an RSA key'],
    ['service_account', 'token_uri', SECRETS.clientSecret, 'token_uri must be a URL'],
    ['service_account', 'token_uri', 'file:///etc/passwd', 'token_uri must be a URL'],
    ['service_account', 'project_id', 7, 'project_id must be a non-empty text'],
    ['authorized_user', 'client_id', undefined, 'client_id must be a non-empty text'],
    ['authorized_user', 'client_secret', null, 'client_secret must be a non-empty text'],
    ['authorized_user', 'refresh_token', {}, 'refresh_token must be a non-empty text'],
    ['external_account', 'audience', undefined, 'audience must be a non-empty text'],
    ['external_account', 'subject_token_type', undefined, 'subject_token_type must be a non-empty text'],
    ['external_account', 'token_url', 'no', 'token_url must be a URL'],
    ['external_account', 'credential_source', 'x', 'credential_source must be an object'],
    [
      'external_account',
      'credential_source',
      {},
      'credential_source.file or url must be given; other sources of subject tokens are not known here',
    ],
    ['external_account', 'credential_source', { url: 'x' }, 'credential_source.url must be a URL'],
    [
      'external_account',
      'credential_source',
      { url: 'http://a', headers: { a: 1 } },
      'credential_source.headers must hold texts only',
    ],
    [
      'external_account',
      'credential_source',
      source,
      'credential_source.format.subject_token_field_name must be a non-empty text',
    ],
    ['external_account', 'client_id', 'a', 'client_secret must be a non-empty text'],
    [
      'external_account with a service account',
      'service_account_impersonation_url',
      'x',
      'service_account_impersonation_url must be a URL',
    ],
    [
      'impersonated_service_account',
      'service_account_impersonation_url',
      undefined,
      'service_account_impersonation_url must be a non-empty text',
    ],
    [
      'external_account with a service account',
      'service_account_impersonation',
      { token_lifetime_seconds: '1h' },
      'service_account_impersonation.token_lifetime_seconds must be a number of seconds',
    ],
    ['impersonated_service_account', 'delegates', 'x', 'delegates must be a list of texts'],
    ['impersonated_service_account', 'source_credentials', undefined, 'source_credentials must be an object'],
    [
      'impersonated_service_account',
      'source_credentials',
      { type: 'authorized_user' },
      'source_credentials.client_id must be a non-empty text',
    ],
  ]
  for (const [type, field, value, said] of rows) {
    const shown = value === EC_KEY ? 'a key of another kind' : JSON.stringify(value)
    test(`${field} (${type}) is ${shown}: ${said}`, async t => {
      const google = await startGoogle(t)
      const file = writeCredentials(t, { ...google.credentials(type), [field]: value })
      const config = googleConfig(t, { credentialsFile: file })
      const requests = createRequests(PROXIES)
      assert.throws(() => createTokenSource(readCredentialsFile(config)!, requests, Date.now), {
        name: 'CredentialsError',
        message: `GOOGLE_APPLICATION_CREDENTIALS: credentials file ${file}: ${said}`,
        isFinal: true,
      })
    })
  }
})

describe('a credentials file that', () => {
  const rows: readonly [what: string, content: string, said: RegExp][] = [
    ['is empty', '', /is no JSON object; is it a file of Google's, and whole\?$/],
    ['is cut', '{"type":"service_acc', /is no JSON object/],
    ['is a list', '[]', /is no JSON object/],
    ['is a text', '"service_account"', /is no JSON object/],
    ['is large', ' '.repeat(1_048_577), /is no file of at most 1 MiB$/],
  ]
  for (const [what, content, said] of rows) {
    test(`${what} is told`, t => {
      const config = googleConfig(t, { credentialsFile: writeCredentials(t, content) })
      assert.throws(() => readCredentialsFile(config), said)
    })
  }

  test('is a folder is told', t => {
    const config = googleConfig(t, { credentialsFile: temporaryFolder(t), namedBy: 'credentialsFile' })
    assert.throws(
      () => readCredentialsFile(config),
      /^CredentialsError: credentialsFile: credentials file .* is no file/,
    )
  })

  test('is given by its content is not shown', async t => {
    const google = await startGoogle(t)
    const config = googleConfig(t, { credentialsFile: JSON.stringify(google.credentials('authorized_user')) })
    assert.throws(() => readCredentialsFile(config), {
      message: 'GOOGLE_APPLICATION_CREDENTIALS must be the path of a credentials file, and it is its content',
    })
  })

  test('gcloud has not left is none', t => assert.equal(readCredentialsFile(googleConfig(t)), undefined))

  test('gcloud has left and that cannot be used is told', t => {
    const gcloudFolder = temporaryFolder(t)
    mkdirSync(join(gcloudFolder, 'application_default_credentials.json'))
    assert.throws(() => readCredentialsFile(googleConfig(t, { gcloudFolder })), /is no file of at most 1 MiB/)
  })
})
