import { createPrivateKey, type KeyObject, sign } from 'node:crypto'
import { ClockComparison } from '../clock-skew.ts'
import type { CredentialFields } from './credential-fields.ts'
import type { CredentialRequests } from './requests.ts'
import type { TokenSource } from './token.ts'
import { readToken } from './token-reply.ts'

export const TOKEN_URL = 'https://oauth2.googleapis.com/token'
/** Google takes no more. */
const ASSERTION_LIFE_S = 3_600
export const FORM: Readonly<Record<string, string>> = { 'content-type': 'application/x-www-form-urlencoded' }

/** A service account with a key of its own: a JWT that the key has signed is exchanged for a token (RFC 7523). */
export function serviceAccount(
  fields: CredentialFields,
  requests: CredentialRequests,
  nowMs: () => number,
): TokenSource {
  const account = fields.text('client_email')
  const keyId = fields.optionalText('private_key_id')
  const key = readKey(fields)
  const url = fields.url('token_uri', TOKEN_URL)
  return {
    account,
    projectId: fields.optionalText('project_id'),
    quotaProjectId: fields.optionalText('quota_project_id'),
    async fetchToken(scopes) {
      const sentMs = nowMs()
      const issuedAtS = Math.floor(sentMs / 1_000)
      const header = { alg: 'RS256', typ: 'JWT', kid: keyId }
      const claims = {
        iss: account,
        scope: scopes.join(' '),
        aud: url,
        iat: issuedAtS,
        exp: issuedAtS + ASSERTION_LIFE_S,
      }
      const assertion = signJwt(header, claims, key)
      const form = { grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion }
      const reply = await requests.post(url, FORM, String(new URLSearchParams(form)))
      const skew = new ClockComparison().remark(dateOf(reply.headers), sentMs, nowMs())
      const invalid_grant = skew ?? 'was the key deleted or the account disabled?'
      return readToken(reply, { url, secrets: [assertion], hints: { invalid_grant } }, nowMs())
    },
  }
}

function dateOf({ date }: Readonly<Record<string, string | string[] | undefined>>): string | undefined {
  return typeof date === 'string' ? date : undefined
}

function readKey(fields: CredentialFields): KeyObject {
  const pem = fields.text('private_key')
  let key: KeyObject
  try {
    key = createPrivateKey(pem)
  } catch {
    throw fields.wrong('private_key', 'must be a private key in PEM')
  }
  if (key.asymmetricKeyType !== 'rsa') throw fields.wrong('private_key', 'must be an RSA key')
  return key
}

/** Synchronously: work pending on the thread pool would hold the process at exit. */
function signJwt(header: object, claims: object, key: KeyObject): string {
  const signed = `${base64Url(JSON.stringify(header))}.${base64Url(JSON.stringify(claims))}`
  return `${signed}.${sign('RSA-SHA256', Buffer.from(signed), key).toString('base64url')}`
}

function base64Url(text: string): string {
  return Buffer.from(text).toString('base64url')
}
