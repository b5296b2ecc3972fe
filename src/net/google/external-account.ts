import { readFileSync } from 'node:fs'
import { basicAuthorization } from '../credentials.ts'
import type { HttpReply } from '../exchange.ts'
import { printableUrl } from '../printable.ts'
import type { CredentialFields } from './credential-fields.ts'
import { credentialsError } from './credentials-error.ts'
import type { CredentialRequests } from './requests.ts'
import { FORM } from './service-account.ts'
import type { TokenSource } from './token.ts'
import { readToken, refusedToken } from './token-reply.ts'

const STS_URL = 'https://sts.googleapis.com/v1/token'
const HINTS = {
  invalid_grant: 'does the pool know the issuer of the subject token, and is that token still valid?',
  invalid_target: 'is audience the full name of the provider?',
  invalid_request: 'are audience and subject_token_type right?',
}

/** An identity of another cloud or of a CI system: its own token is exchanged for one of Google's (RFC 8693). */
export function externalAccount(
  fields: CredentialFields,
  requests: CredentialRequests,
  nowMs: () => number,
): TokenSource {
  const readSubjectToken = planSubjectToken(fields.object('credential_source'), requests)
  const audience = fields.text('audience')
  const subject_token_type = fields.text('subject_token_type')
  const url = fields.url('token_url', STS_URL)
  const headers = { ...FORM, ...clientAuthorization(fields) }
  const userProject = fields.optionalText('workforce_pool_user_project')
  return {
    account: undefined,
    projectId: undefined,
    quotaProjectId: fields.optionalText('quota_project_id'),
    async fetchToken(scopes) {
      const subject_token = await readSubjectToken()
      const form = {
        grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
        requested_token_type: 'urn:ietf:params:oauth:token-type:access_token',
        audience,
        scope: scopes.join(' '),
        subject_token_type,
        subject_token,
        ...(userProject === undefined ? {} : { options: JSON.stringify({ userProject }) }),
      }
      const reply = await requests.post(url, headers, String(new URLSearchParams(form)))
      return readToken(reply, { url, secrets: [subject_token, ...Object.values(headers)], hints: HINTS }, nowMs())
    },
  }
}

/** Only clients that are registered with the pool have an id and a secret. */
function clientAuthorization(fields: CredentialFields): Readonly<Record<string, string>> {
  if (!fields.has('client_id')) return {}
  return { authorization: basicAuthorization(fields.text('client_id'), fields.text('client_secret')) }
}

/** Read for each token, since whoever issues subject tokens replaces them. */
function planSubjectToken(source: CredentialFields, requests: CredentialRequests): () => Promise<string> {
  const format = source.has('format') ? source.object('format') : undefined
  const field = format?.optionalText('type') === 'json' ? format.text('subject_token_field_name') : undefined
  if (source.has('file')) {
    const file = source.text('file')
    return async () => subjectToken(readText(file), field, file)
  }
  if (!source.has('url')) {
    throw source.wrong('file', 'or url must be given; other sources of subject tokens are not known here')
  }
  const url = source.url('url')
  const headers = source.textRecord('headers')
  return async () => {
    const reply = await requests.get(url, headers)
    if (reply.status !== 200) throw refusedToken(reply, { url, secrets: Object.values(headers), hints: {} })
    return subjectToken(textOf(reply), field, printableUrl(url))
  }
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    const { code = 'unreadable' } = error as NodeJS.ErrnoException
    throw credentialsError(`subject token file ${file} cannot be read (${code})`, false)
  }
}

function textOf({ body }: HttpReply): string {
  return Buffer.from(body).toString()
}

function subjectToken(text: string, field: string | undefined, place: string): string {
  const token = field === undefined ? text.trim() : fieldOf(text, field)
  if (typeof token === 'string' && token !== '') return token
  const what = field === undefined ? 'text' : `JSON with a text in ${field}`
  throw credentialsError(`${place}: the subject token must be ${what}`, true)
}

function fieldOf(json: string, field: string): unknown {
  try {
    return Object(JSON.parse(json))[field]
  } catch {
    return undefined
  }
}
