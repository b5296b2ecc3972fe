import { printableText, printableUrl } from './printable.ts'

const MAX_DETAIL_CHARS = 200

/** What hints need to know of the kind of server that is spoken to. */
export interface BackendKind {
  /** With its article. */
  readonly endpoint: string
  readonly usualPath: string
  /** Where its credentials come from. */
  readonly credentials: string
  /** What lacks which permission, where that is known. */
  readonly forbidden?: string
}

export const OTLP_BACKEND: BackendKind = {
  endpoint: 'an OTLP/HTTP endpoint',
  usualPath: '/v1/traces',
  credentials: 'check headers or OTEL_EXPORTER_OTLP_HEADERS',
}

export const GIVE_PROXY_CREDENTIALS = "put them into the proxy's URL (HTTPS_PROXY or HTTP_PROXY)"
/** What to do about a span that nobody takes for its size. */
export const CUT_VALUES = 'cut long values (limits.attributeValueLength or OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT)'

const CLAUSES: Readonly<Record<number, string>> = {
  400: 'the server cannot read the request',
  403: 'the credentials lack a permission or role; they have to be allowed to write traces',
  405: 'the URL takes no POST; is its path right?',
  407: `the proxy wants a user name and password; ${GIVE_PROXY_CREDENTIALS}`,
  408: 'the server got tired of waiting for the request',
  413: `the request is too large for the server; raise its limit, or ${CUT_VALUES}`,
  429: 'the server asks for fewer requests',
  500: 'the server failed; its log may tell why',
  502: 'the gateway got no answer from the collector',
  503: 'the server is not available at the moment',
  504: 'the gateway got no answer from the collector in time',
}

/** One clause on a status outside 200 to 299; `detail` is what the server says itself. */
export function describeHttpStatus(
  status: number,
  detail: string | undefined,
  url: string,
  backend: BackendKind = OTLP_BACKEND,
): string {
  const said = printableText(detail ?? '', MAX_DETAIL_CHARS)
  const clause = describeStatus(status, said, new URL(url), backend)
  return said === '' ? `HTTP ${status}: ${clause}` : `HTTP ${status}: ${clause} (it says: ${said})`
}

/** One clause on a redirect, which exporters do not follow: where to is named without query and credentials. */
export function describeRedirect(status: number, location: string | undefined, url: string): string {
  const to = location !== undefined && URL.canParse(location, url) ? printableUrl(new URL(location, url).href) : ''
  const where = to === '' ? 'elsewhere' : `to ${to}`
  return `HTTP ${status}: redirected ${where}, which is not followed; set the final URL`
}

function describeStatus(status: number, said: string, { protocol, pathname }: URL, backend: BackendKind): string {
  if (status === 401) return `credentials are missing or wrong; ${backend.credentials}`
  if (status === 403 && backend.forbidden !== undefined) return backend.forbidden
  if (status === 404) return describeMissingPath(pathname, backend)
  if (status === 415) return `the server does not take this content type; is this ${backend.endpoint}?`
  if (status === 400 && protocol === 'http:' && /\bHTTPS\b/i.test(said)) return 'the port speaks TLS; use an https URL'
  return CLAUSES[status] ?? (status >= 500 ? 'the server failed' : 'the server refuses the request')
}

function describeMissingPath(pathname: string, { endpoint, usualPath }: BackendKind): string {
  if (pathname.endsWith(usualPath)) return `nothing is there; is this ${endpoint}?`
  return `nothing is there; the path of ${endpoint} usually ends in ${usualPath}`
}
