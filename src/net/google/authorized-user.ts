import type { CredentialFields } from './credential-fields.ts'
import type { CredentialRequests } from './requests.ts'
import { FORM, TOKEN_URL } from './service-account.ts'
import type { TokenSource } from './token.ts'
import { readToken } from './token-reply.ts'

const HINTS = {
  invalid_grant: 'the login has expired or was revoked; run gcloud auth application-default login',
  invalid_client: 'client_id or client_secret is wrong',
}

/** A person who has logged in with gcloud: the refresh token is exchanged for a token. Its scopes are those of the login. */
export function authorizedUser(
  fields: CredentialFields,
  requests: CredentialRequests,
  nowMs: () => number,
): TokenSource {
  const client_id = fields.text('client_id')
  const client_secret = fields.text('client_secret')
  const refresh_token = fields.text('refresh_token')
  const url = fields.url('token_uri', TOKEN_URL)
  return {
    account: undefined,
    projectId: undefined,
    quotaProjectId: fields.optionalText('quota_project_id'),
    async fetchToken() {
      const form = { grant_type: 'refresh_token', client_id, client_secret, refresh_token }
      const reply = await requests.post(url, FORM, String(new URLSearchParams(form)))
      return readToken(reply, { url, secrets: [client_secret, refresh_token], hints: HINTS }, nowMs())
    },
  }
}
