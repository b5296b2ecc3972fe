import { authorizedUser } from './authorized-user.ts'
import type { CredentialFields } from './credential-fields.ts'
import { externalAccount } from './external-account.ts'
import { impersonated, USUAL_LIFE_S } from './impersonation.ts'
import type { CredentialRequests } from './requests.ts'
import { serviceAccount } from './service-account.ts'
import type { TokenSource } from './token.ts'

type Make = (fields: CredentialFields, requests: CredentialRequests, nowMs: () => number) => TokenSource

const TYPES: Readonly<Record<string, Make>> = {
  service_account: serviceAccount,
  authorized_user: authorizedUser,
  external_account: federatedAccount,
  impersonated_service_account: impersonatedAccount,
}
const KNOWN = Object.keys(TYPES)

/** What a credentials file describes. Throws a `CredentialsError` that names the field at fault. */
export function createTokenSource(
  fields: CredentialFields,
  requests: CredentialRequests,
  nowMs: () => number,
): TokenSource {
  const type = fields.text('type')
  if (!KNOWN.includes(type)) throw fields.wrong('type', `must be one of ${KNOWN.join(', ')}`)
  return TYPES[type]!(fields, requests, nowMs)
}

/** A federated identity may speak for a service account at once. */
function federatedAccount(fields: CredentialFields, requests: CredentialRequests, nowMs: () => number): TokenSource {
  const source = externalAccount(fields, requests, nowMs)
  if (!fields.has('service_account_impersonation_url')) return source
  const url = fields.url('service_account_impersonation_url')
  const settings = fields.has('service_account_impersonation') && fields.object('service_account_impersonation')
  const lifeS = settings ? settings.seconds('token_lifetime_seconds', USUAL_LIFE_S) : USUAL_LIFE_S
  return impersonated(source, { url, delegates: [], lifeS }, requests, nowMs)
}

function impersonatedAccount(fields: CredentialFields, requests: CredentialRequests, nowMs: () => number): TokenSource {
  const source = createTokenSource(fields.object('source_credentials'), requests, nowMs)
  const url = fields.url('service_account_impersonation_url')
  const delegates = fields.texts('delegates')
  const account = impersonated(source, { url, delegates, lifeS: USUAL_LIFE_S }, requests, nowMs)
  return { ...account, quotaProjectId: fields.optionalText('quota_project_id') ?? source.quotaProjectId }
}
