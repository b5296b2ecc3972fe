import { createHash, createPublicKey, generateKeyPairSync, type KeyObject, verify } from 'node:crypto'
import type { ServerResponse } from 'node:http'
import { checkCloudTraceBody } from './cloud-trace-json.ts'
import { type ReceivedRequest, type Scope, startHttpServer } from './http-server.ts'
import { OfficialRequest, officialDecode } from './official-otlp.ts'
import { encodeOtlpJson } from './otlp-json.ts'

/** Each is to be looked for in whatever the code under test says. */
export const SECRETS = {
  clientSecret: 's3cr3t-client-secret',
  refreshToken: 's3cr3t-refresh-token',
  subjectToken: 's3cr3t-subject-token',
  /** Begins every access token that is handed out. */
  accessToken: 's3cr3t-access-token',
} as const

const TRACE_SCOPE = 'https://www.googleapis.com/auth/trace.append'
const CLOUD_SCOPE = 'https://www.googleapis.com/auth/cloud-platform'
export const ACCOUNT = 'tracer@demo.iam.gserviceaccount.com'
export const AUDIENCE = '//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/providers/q'
const MAX_SKEW_S = 300

export interface IssuedToken {
  readonly by: 'service_account' | 'authorized_user' | 'external_account' | 'impersonation' | 'metadata'
  readonly scopes: readonly string[]
  revoked: boolean
}

export type Fault = (response: ServerResponse, request: ReceivedRequest) => void

/**
 * A local stand-in for Google's endpoints. It believes nothing: assertions are verified with the public key, tokens have to be ones
 * that it has handed out for the right scope, and every body has to pass the strict check of its kind.
 */
export interface Google {
  readonly origin: string
  readonly requests: readonly ReceivedRequest[]
  /** By their value. */
  readonly tokens: Map<string, IssuedToken>
  /** Spans that were taken, as their JSON has them. */
  readonly spans: Record<string, unknown>[]
  /** What it has refused, and why. */
  readonly refusals: string[]
  /** Requests of OTLP that were taken. */
  readonly otlp: Record<string, unknown>[]
  /** In seconds; for tokens that are handed out from now on. */
  lifeS: number
  /** Answers the next requests whose path contains `path` in place of the stand-in; taken away after `times`. */
  fail(path: string, fault: Fault, times?: number): void
  revokeAll(): void
  count(path: string): number
  /** Contents of credentials files that this stand-in takes. */
  credentials(type: CredentialType): Record<string, unknown>
}

export type CredentialType =
  | 'service_account'
  | 'authorized_user'
  | 'external_account'
  | 'external_account with a service account'
  | 'impersonated_service_account'

let keys: { readonly privateKey: string; readonly publicKey: string } | undefined

/** One pair for all tests of a process. */
export function keyPair(): { readonly privateKey: string; readonly publicKey: string } {
  keys ??= generateKeyPairSync('rsa', {
    modulusLength: 2048,
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  })
  return keys
}

class Refusal extends Error {
  readonly status: number
  readonly body: object
  constructor(status: number, body: object) {
    super(JSON.stringify(body))
    this.status = status
    this.body = body
  }
}

export async function startGoogle(t: Scope): Promise<Google> {
  const faults: { path: string; fault: Fault; times: number }[] = []
  const tokens = new Map<string, IssuedToken>()
  const publicKey = createPublicKey(keyPair().publicKey)
  const spans: Record<string, unknown>[] = []
  const otlp: Record<string, unknown>[] = []
  const refusals: string[] = []

  const server = await startHttpServer(t, (request, response) => {
    const found = faults.find(({ path, times }) => times > 0 && request.path.includes(path))
    if (found !== undefined) {
      found.times--
      found.fault(response, request)
      return
    }
    try {
      reply(response, 200, route(request))
    } catch (error) {
      refusals.push(`${request.method} ${request.path}: ${error}`)
      if (error instanceof Refusal) reply(response, error.status, error.body)
      else reply(response, 500, { error: { message: `the stand-in failed: ${error}` } })
    }
  })

  const google: Google = {
    origin: server.origin,
    requests: server.requests,
    tokens,
    spans,
    otlp,
    refusals,
    lifeS: 3_600,
    fail: (path, fault, times = 1) => void faults.push({ path, fault, times }),
    revokeAll() {
      for (const token of tokens.values()) token.revoked = true
    },
    count: path => server.requests.filter(request => request.path.includes(path)).length,
    credentials: type => credentialsOf(type, server.origin),
  }

  function issue(by: IssuedToken['by'], scopes: readonly string[]): string {
    const value = `${SECRETS.accessToken}-${tokens.size + 1}`
    tokens.set(value, { by, scopes, revoked: false })
    return value
  }

  function grant(by: IssuedToken['by'], scope: string): object {
    return { access_token: issue(by, scope.split(/[ ,]/)), expires_in: google.lifeS, token_type: 'Bearer' }
  }

  function bearer({ headers }: ReceivedRequest, scope: string): void {
    const token = tokens.get(headers.authorization?.replace(/^Bearer /, '') ?? '')
    const isValid = token !== undefined && !token.revoked
    if (!isValid) throw apiError(401, 'UNAUTHENTICATED', 'Request had invalid authentication credentials.')
    // The scopes of a person's token are those of the login.
    if (token.by !== 'authorized_user' && !token.scopes.includes(scope)) {
      throw apiError(403, 'PERMISSION_DENIED', 'Request had insufficient authentication scopes.')
    }
  }

  function route(request: ReceivedRequest): object | string {
    const { pathname, searchParams } = new URL(request.path, server.origin)
    const form = new URLSearchParams(request.body.toString())
    if (pathname === '/token') return token(form)
    if (pathname === '/sts') return exchange(form)
    if (pathname === '/subject-token') return subjectToken(request)
    if (pathname === '/computeMetadata/v1/project/project-id') return metadata(request, 'metadata-project')
    if (pathname === '/computeMetadata/v1/instance/service-accounts/default/token') {
      return metadata(request, grant('metadata', searchParams.get('scopes') ?? ''))
    }
    if (pathname.endsWith(':generateAccessToken')) return impersonate(request)
    if (/^\/v2\/projects\/[^/]+\/traces:batchWrite$/.test(pathname)) return writeSpans(request)
    if (pathname === '/v1/traces') return writeOtlp(request)
    throw apiError(404, 'NOT_FOUND', `nothing at ${pathname}`)
  }

  function token(form: URLSearchParams): object {
    const grantType = form.get('grant_type')
    if (grantType === 'refresh_token') {
      expectField(form, 'client_id', 'the-client')
      if (form.get('client_secret') !== SECRETS.clientSecret) throw oauthError(401, 'invalid_client', 'Unauthorized')
      if (form.get('refresh_token') !== SECRETS.refreshToken) throw oauthError(400, 'invalid_grant', 'Bad Request')
      return grant('authorized_user', '')
    }
    if (grantType !== 'urn:ietf:params:oauth:grant-type:jwt-bearer') throw oauthError(400, 'unsupported_grant_type', '')
    return grant('service_account', verifiedClaims(form.get('assertion') ?? '', publicKey, `${server.origin}/token`))
  }

  function exchange(form: URLSearchParams): object {
    expectField(form, 'grant_type', 'urn:ietf:params:oauth:grant-type:token-exchange')
    expectField(form, 'requested_token_type', 'urn:ietf:params:oauth:token-type:access_token')
    expectField(form, 'subject_token_type', 'urn:ietf:params:oauth:token-type:jwt')
    if (form.get('audience') !== AUDIENCE) throw oauthError(400, 'invalid_target', 'The target service is unknown.')
    if (form.get('subject_token') !== SECRETS.subjectToken) throw oauthError(400, 'invalid_grant', 'not accepted')
    return grant('external_account', form.get('scope') ?? '')
  }

  function impersonate(request: ReceivedRequest): object {
    bearer(request, CLOUD_SCOPE)
    const { scope, lifetime } = JSON.parse(request.body.toString()) as { scope: string[]; lifetime: string }
    const lifeS = Number(/^(\d+)s$/.exec(lifetime)?.[1])
    if (!(lifeS <= 43_200)) throw apiError(400, 'INVALID_ARGUMENT', `lifetime ${lifetime}`)
    const expireTime = new Date(Date.now() + lifeS * 1_000).toISOString()
    return { accessToken: issue('impersonation', scope), expireTime }
  }

  function writeSpans(request: ReceivedRequest): object {
    bearer(request, TRACE_SCOPE)
    const problem = checkCloudTraceBody(request.body.toString(), request.path)
    if (problem !== undefined) throw apiError(400, 'INVALID_ARGUMENT', problem)
    spans.push(...(JSON.parse(request.body.toString()) as { spans: Record<string, unknown>[] }).spans)
    return {}
  }

  function writeOtlp(request: ReceivedRequest): string {
    bearer(request, TRACE_SCOPE)
    const isJson = request.headers['content-type'] === 'application/json'
    const body = isJson ? encodeOtlpJson(request.body.toString()) : request.body
    otlp.push(takeOtlp(body))
    return ''
  }

  return google
}

/** A request of OTLP, decoded, which has to name its project. */
export function takeOtlp(body: Uint8Array): Record<string, unknown> {
  const decoded = officialDecode(OfficialRequest, body) as unknown as OtlpRequest
  const named = decoded.resourceSpans.every(({ resource }) =>
    resource.attributes.some(({ key, value }) => key === 'gcp.project_id' && value.stringValue !== ''),
  )
  if (!named) throw apiError(400, 'INVALID_ARGUMENT', 'Resource is missing required attribute "gcp.project_id"')
  return { ...decoded }
}

interface OtlpRequest {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly { key: string; value: { stringValue?: string } }[] }
  }[]
}

/** A reply as Google's APIs give it for an error. */
export function apiError(code: number, status: string, message: string): Refusal {
  return new Refusal(code, { error: { code, message, status } })
}

function oauthError(code: number, error: string, description: string): Refusal {
  return new Refusal(code, { error, error_description: description })
}

/** A fault that answers with JSON. */
export function answer(status: number, body: object | string, headers: Record<string, string> = {}): Fault {
  return response => {
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value)
    reply(response, status, body)
  }
}

function reply(response: ServerResponse, status: number, body: object | string): void {
  const isText = typeof body === 'string'
  // In every answer, as the metadata server does; whoever else is asked does not care.
  if (!response.hasHeader('metadata-flavor')) response.setHeader('metadata-flavor', 'Google')
  const hasType = response.hasHeader('content-type') || body === ''
  if (!hasType) response.setHeader('content-type', isText ? 'text/plain' : 'application/json')
  response.writeHead(status).end(isText ? body : JSON.stringify(body))
}

function expectField(form: URLSearchParams, name: string, value: string): void {
  if (form.get(name) !== value) throw oauthError(400, 'invalid_request', `${name} is ${form.get(name)}`)
}

function metadata({ headers, method }: ReceivedRequest, body: object | string): object | string {
  if (headers['metadata-flavor'] !== 'Google' || method !== 'GET') throw apiError(403, '', 'no Metadata-Flavor')
  return body
}

function subjectToken({ headers }: ReceivedRequest): object {
  if (headers['x-identity'] !== 'ci') throw apiError(403, '', 'no identity header')
  return { value: SECRETS.subjectToken }
}

/** The scope of a JWT that is signed, addressed and dated as it has to be. */
function verifiedClaims(assertion: string, key: KeyObject, audience: string): string {
  const [header = '', claims = '', signature = ''] = assertion.split('.')
  const isGenuine = verify('RSA-SHA256', Buffer.from(`${header}.${claims}`), key, Buffer.from(signature, 'base64url'))
  if (!isGenuine) throw oauthError(400, 'invalid_grant', 'Invalid JWT Signature.')
  const { alg, typ, kid } = decode(header)
  const { iss, aud, iat = 0, exp = 0, scope } = decode(claims)
  const nowS = Date.now() / 1_000
  if (alg !== 'RS256' || typ !== 'JWT' || kid !== keyId()) throw oauthError(400, 'invalid_grant', 'Invalid header.')
  if (iss !== ACCOUNT || aud !== audience) throw oauthError(400, 'invalid_grant', 'Invalid issuer or audience.')
  if (exp - iat !== 3_600 || Math.abs(iat - nowS) > MAX_SKEW_S) {
    throw oauthError(
      400,
      'invalid_grant',
      'Invalid JWT: Token must be a short-lived token and in a reasonable timeframe.',
    )
  }
  return String(scope)
}

function decode(part: string): Record<string, number & string> {
  return JSON.parse(Buffer.from(part, 'base64url').toString())
}

function keyId(): string {
  return createHash('sha1').update(keyPair().publicKey).digest('hex')
}

function credentialsOf(type: CredentialType, origin: string): Record<string, unknown> {
  const impersonation = `${origin}/v1/projects/-/serviceAccounts/${ACCOUNT}:generateAccessToken`
  switch (type) {
    case 'service_account':
      return {
        type,
        project_id: 'key-project',
        client_email: ACCOUNT,
        private_key_id: keyId(),
        private_key: keyPair().privateKey,
        token_uri: `${origin}/token`,
      }
    case 'authorized_user':
      return {
        type,
        client_id: 'the-client',
        client_secret: SECRETS.clientSecret,
        refresh_token: SECRETS.refreshToken,
        quota_project_id: 'quota-project',
        token_uri: `${origin}/token`,
      }
    case 'external_account':
      return {
        type,
        audience: AUDIENCE,
        subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
        token_url: `${origin}/sts`,
        credential_source: {
          url: `${origin}/subject-token`,
          headers: { 'X-Identity': 'ci' },
          format: { type: 'json', subject_token_field_name: 'value' },
        },
      }
    case 'external_account with a service account':
      return { ...credentialsOf('external_account', origin), service_account_impersonation_url: impersonation }
    case 'impersonated_service_account':
      return {
        type,
        service_account_impersonation_url: impersonation,
        delegates: [],
        source_credentials: credentialsOf('authorized_user', origin),
      }
  }
}
