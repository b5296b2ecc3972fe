import type { CredentialRequests } from './requests.ts'
import { CLOUD_PLATFORM_SCOPE, type TokenSource } from './token.ts'
import { readToken } from './token-reply.ts'

/** Google gives more where the project allows it. */
export const USUAL_LIFE_S = 3_600

export interface Impersonation {
  /** Of generateAccessToken for the account that is to be spoken for. */
  readonly url: string
  /** Accounts in between, each of which may speak for the next. */
  readonly delegates: readonly string[]
  readonly lifeS: number
}

/** Speaks for a service account by means of tokens of another one (IAM Credentials API, generateAccessToken). */
export function impersonated(
  source: TokenSource,
  { url, delegates, lifeS }: Impersonation,
  requests: CredentialRequests,
  nowMs: () => number,
): TokenSource {
  const account = /\/serviceAccounts\/([^/:]+):/.exec(url)?.[1]
  const hint = `the credentials need the role roles/iam.serviceAccountTokenCreator on ${account ?? 'the service account'}`
  return {
    account,
    projectId: source.projectId,
    quotaProjectId: source.quotaProjectId,
    async fetchToken(scopes) {
      const { value } = await source.fetchToken([CLOUD_PLATFORM_SCOPE])
      const headers = { authorization: `Bearer ${value}`, 'content-type': 'application/json' }
      const reply = await requests.post(
        url,
        headers,
        JSON.stringify({ delegates, scope: scopes, lifetime: `${lifeS}s` }),
      )
      return readToken(reply, { url, secrets: [value], hints: { 403: hint, PERMISSION_DENIED: hint } }, nowMs())
    },
  }
}
