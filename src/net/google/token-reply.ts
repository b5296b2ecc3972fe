import type { HttpReply } from '../exchange.ts'
import { printableText, printableUrl } from '../printable.ts'
import { secretHider } from '../secrets.ts'
import { credentialsError } from './credentials-error.ts'
import type { AccessToken } from './token.ts'

/** Where a server does not say how long its token lasts; one that lasts less is refused by the backend and then renewed. */
const USUAL_LIFE_S = 3_600
const MAX_SAID_CHARS = 200

/** What a request for a token was about, for what is said of its reply. */
export interface TokenRequest {
  readonly url: string
  /** What the request held that must not be shown. */
  readonly secrets: readonly string[]
  /** What to do, by the `error` of RFC 6749 §5.2 or the status. */
  readonly hints: Readonly<Record<string, string>>
}

/** What a server may answer; anything else counts as malformed. */
interface TokenReply {
  readonly access_token?: unknown
  readonly expires_in?: unknown
  readonly accessToken?: unknown
  readonly expireTime?: unknown
}

/** The token of an OAuth 2.0 token endpoint, of the metadata server or of generateAccessToken. Throws a `CredentialsError`. */
export function readToken(reply: HttpReply, request: TokenRequest, nowMs: number): AccessToken {
  if (reply.status !== 200) throw refusedToken(reply, request)
  const { access_token, expires_in, accessToken, expireTime } = parseJson(reply) as TokenReply
  const value = access_token ?? accessToken
  // What is no header value would fail the request that carries it, with an error that shows it.
  if (typeof value !== 'string' || !/^[\x21-\x7e]+$/.test(value)) {
    throw credentialsError(`${printableUrl(request.url)}: the answer holds no access token`, false)
  }
  const expiresAtMs = typeof expireTime === 'string' ? Date.parse(expireTime) : nowMs + Number(expires_in) * 1_000
  return { value, expiresAtMs: Number.isFinite(expiresAtMs) ? expiresAtMs : nowMs + USUAL_LIFE_S * 1_000 }
}

/** The error for a reply other than 200: the status, what the server says, and what may be done. */
export function refusedToken(reply: HttpReply, { url, secrets, hints }: TokenRequest): Error {
  const { status } = reply
  const { code, detail } = readError(reply)
  const hideSecrets = secretHider(url, Object.fromEntries(secrets.entries()))
  const said = printableText(hideSecrets([code, detail].filter(Boolean).join(': ')), MAX_SAID_CHARS)
  const hint = Object.hasOwn(hints, code) ? hints[code] : hints[status]
  const message = `${printableUrl(url)}: HTTP ${status}${said && ` (it says: ${said})`}${hint ? `; ${hint}` : ''}`
  const mayPass = status >= 500 || status === 429 || status === 408
  return credentialsError(message, !mayPass)
}

/** RFC 6749 has texts in `error` and `error_description`, Google's APIs an object with `status` and `message`. */
function readError(reply: HttpReply): { code: string; detail: string } {
  const { error, error_description } = parseJson(reply) as { error?: unknown; error_description?: unknown }
  if (typeof error === 'string') return { code: error, detail: textOf(error_description) }
  const { status, message } = Object(error) as { status?: unknown; message?: unknown }
  return { code: textOf(status), detail: textOf(message) }
}

function parseJson({ body }: HttpReply): object {
  try {
    return Object(JSON.parse(Buffer.from(body).toString()))
  } catch {
    return {}
  }
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
