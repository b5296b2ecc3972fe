import assert from 'node:assert/strict'
import { test } from 'node:test'
import { describeHttpStatus, describeRedirect } from '../../src/net/status-trouble.ts'

const URL_WITH_SECRETS = 'http://user:secret@collector.test:4318/v1/traces?key=secret'

const statuses: [status: number, detail: string | undefined, url: string, clause: RegExp][] = [
  [400, 'bad span', URL_WITH_SECRETS, /^HTTP 400: the server cannot read the request \(it says: bad span\)$/],
  [
    400,
    'Client sent an HTTP request to an HTTPS server.',
    URL_WITH_SECRETS,
    /^HTTP 400: the port speaks TLS; use an https URL/,
  ],
  [400, 'no HTTPS', 'https://collector.test/v1/traces', /^HTTP 400: the server cannot read the request/],
  [
    401,
    undefined,
    URL_WITH_SECRETS,
    /^HTTP 401: credentials are missing or wrong; check headers or OTEL_EXPORTER_OTLP_HEADERS$/,
  ],
  [
    403,
    undefined,
    URL_WITH_SECRETS,
    /^HTTP 403: the credentials lack a permission or role; they have to be allowed to write traces$/,
  ],
  [404, undefined, 'http://collector.test:4318/', /^HTTP 404: nothing is there; .* usually ends in \/v1\/traces$/],
  [404, undefined, URL_WITH_SECRETS, /^HTTP 404: nothing is there; is this an OTLP\/HTTP endpoint\?$/],
  [405, undefined, URL_WITH_SECRETS, /^HTTP 405: the URL takes no POST; is its path right\?$/],
  [
    407,
    undefined,
    URL_WITH_SECRETS,
    /^HTTP 407: the proxy wants a user name and password; put them into the proxy's URL/,
  ],
  [408, undefined, URL_WITH_SECRETS, /^HTTP 408: the server got tired of waiting/],
  [
    413,
    undefined,
    URL_WITH_SECRETS,
    /^HTTP 413: the request is too large for the server; raise its limit, or cut long values \(limits\.attributeValueLength/,
  ],
  [415, undefined, URL_WITH_SECRETS, /^HTTP 415: .* content type; is this an OTLP\/HTTP endpoint\?$/],
  [418, undefined, URL_WITH_SECRETS, /^HTTP 418: the server refuses the request$/],
  [429, undefined, URL_WITH_SECRETS, /^HTTP 429: the server asks for fewer requests$/],
  [500, undefined, URL_WITH_SECRETS, /^HTTP 500: the server failed; its log may tell why$/],
  [502, undefined, URL_WITH_SECRETS, /^HTTP 502: the gateway got no answer from the collector$/],
  [503, '', URL_WITH_SECRETS, /^HTTP 503: the server is not available at the moment$/],
  [504, undefined, URL_WITH_SECRETS, /^HTTP 504: the gateway got no answer from the collector in time$/],
  [599, undefined, URL_WITH_SECRETS, /^HTTP 599: the server failed$/],
  [500, '\x1b[2Jtwo\nlines', URL_WITH_SECRETS, /\(it says: \[2Jtwo lines\)$/],
  [500, 'x'.repeat(10_000), URL_WITH_SECRETS, /\(it says: x{199}…\)$/],
]

for (const [status, detail, url, clause] of statuses) {
  test(`${status} ${JSON.stringify(detail?.slice(0, 50))} at ${new URL(url).pathname}: ${clause.source}`, () => {
    const described = describeHttpStatus(status, detail, url)
    assert.match(described, clause)
    assert.doesNotMatch(described, /secret/)
  })
}

const redirects: [location: string | undefined, where: string][] = [
  ['https://user:secret@other.test/v1/traces?key=secret', 'to https://other.test/v1/traces'],
  ['/otlp/v1/traces', 'to http://collector.test:4318/otlp/v1/traces'],
  ['http://[', 'elsewhere'],
  [undefined, 'elsewhere'],
]

for (const [location, where] of redirects) {
  test(`a redirect to ${location} is one ${where}`, () => {
    const expected = `HTTP 308: redirected ${where}, which is not followed; set the final URL`
    assert.equal(describeRedirect(308, location, URL_WITH_SECRETS), expected)
  })
}
