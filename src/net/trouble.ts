import { isRequestError, type RequestError } from './exchange.ts'
import { type Failure, readFailure } from './failure.ts'
import { printableText, printableUrl } from './printable.ts'
import { GIVE_PROXY_CREDENTIALS } from './status-trouble.ts'
import { describeTlsFailure, tlsAlert } from './tls-trouble.ts'

const MAX_MESSAGE_CHARS = 200

const CHECK_ADDRESS = 'is the address right, and does a firewall let it through?'
const CHECK_SERVER = 'is the server overloaded, or is this the port of something else?'
const CHECK_NAME = 'is it spelled right, and known to the DNS of this machine?'
const CHECK_PROXY = 'is HTTPS_PROXY or HTTP_PROXY right? NO_PROXY names hosts that need none'
const NO_CONNECTION = `no connection in time; ${CHECK_ADDRESS}`
const NOT_PERMITTED = 'this process is not allowed to open the connection'

const CLAUSES: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused; is the collector running, and on this port?',
  ETIMEDOUT: NO_CONNECTION,
  UND_ERR_CONNECT_TIMEOUT: NO_CONNECTION,
  EHOSTUNREACH: 'no route to the host',
  ENETUNREACH: 'no route to the network',
  EACCES: NOT_PERMITTED,
  EPERM: NOT_PERMITTED,
  ERR_ACCESS_DENIED: NOT_PERMITTED,
  HPE_HEADER_OVERFLOW: 'the headers of the answer are too long',
}

/**
 * One clause on why a request to `url`, through the proxy if there is one, got no whole answer, and what to look at.
 * It holds no header value, query or credentials.
 */
export function describeNetworkError(
  error: unknown,
  url: string,
  proxy?: string,
  protocol: 'http' | 'grpc' = 'http',
): string {
  const failure = readFailure(error)
  const target = new URL(url)
  if (proxy !== undefined && concernsProxy(failure)) return `proxy ${printableUrl(proxy)}: ${describeProxy(failure)}`
  if (protocol === 'grpc' && speaksHttp1(failure)) return describeHttp1(target)
  if (protocol === 'http' && speaksGrpc(failure, target)) {
    return `port ${portOf(target)} speaks gRPC; the HTTP port is usually 4318`
  }
  if (isRequestError(error)) return describeRequestError(error)
  return (
    describeLookup(failure, target.hostname) ??
    describeTlsFailure(failure) ??
    describeClosing(failure, target) ??
    describeGarbage(failure) ??
    describeOther(failure)
  )
}

function describeRequestError({ code, message }: RequestError): string {
  if (code === 'NO_CONNECTION') return `${message}; ${CHECK_ADDRESS}`
  return code === 'NO_REPLY' ? `${message}; ${CHECK_SERVER}` : message
}

function describeLookup({ code, syscall }: Failure, hostname: string): string | undefined {
  if (!isLookup(syscall)) return undefined
  const isUnknown = code === 'ENOTFOUND' || code === 'ENODATA'
  if (isUnknown) return `host name ${hostname} not found; ${CHECK_NAME}`
  return `no answer from DNS about host name ${hostname} (${code}); does this machine reach its DNS server?`
}

function isLookup(syscall: string): boolean {
  return syscall === 'getaddrinfo' || syscall.startsWith('query')
}

/** Servers asked in plain HTTP where they expect TLS, or without the certificate they want, often close without a word. */
function describeClosing({ code, bytesRead }: Failure, target: URL): string | undefined {
  if (!isClosing(code)) return undefined
  const clause = 'the connection was closed before the whole answer had come'
  if (bytesRead !== 0) return clause
  const isPlain = target.protocol === 'http:'
  return `${clause}; does the server want ${isPlain ? 'https' : 'a client certificate (tls.cert and tls.key)'}?`
}

function isClosing(code: string): boolean {
  return code === 'UND_ERR_SOCKET' || code === 'ECONNRESET' || code === 'EPIPE'
}

function describeGarbage(failure: Failure): string | undefined {
  if (!isGarbage(failure)) return undefined
  const isTlsRecord = /^[\x15\x16]\x03/.test(failure.data)
  return isTlsRecord
    ? 'the port speaks TLS; use an https URL'
    : 'the answer is not HTTP; is this the port of a collector?'
}

function isGarbage({ name, code }: Failure): boolean {
  return code !== 'HPE_HEADER_OVERFLOW' && (name === 'HTTPParserError' || code.startsWith('HPE_'))
}

/** An HTTP/2 server begins with a SETTINGS frame: three bytes of length, type 4 (RFC 9113 §4.1). Over TLS its ALPN fails. */
function speaksGrpc(failure: Failure, target: URL): boolean {
  const { code, data } = failure
  if (tlsAlert(code) === 'NO_APPLICATION_PROTOCOL') return true
  if (isGarbage(failure) && data.startsWith('\0') && data.charCodeAt(3) === 4) return true
  return portOf(target) === '4317' && (isGarbage(failure) || isClosing(code) || code === 'NO_REPLY')
}

/** What comes instead of HTTP/2 is no frame of it; over TLS the two agree on no protocol. */
function speaksHttp1({ code }: Failure): boolean {
  return code === 'ERR_HTTP2_ERROR' || tlsAlert(code) === 'NO_APPLICATION_PROTOCOL'
}

function describeHttp1(target: URL): string {
  const tls = target.protocol === 'http:' ? ', and does the server want https?' : ''
  return `port ${portOf(target)} speaks HTTP/1.1 or something else, not gRPC; the gRPC port is usually 4317${tls}`
}

function portOf({ port, protocol }: URL): string {
  return port || (protocol === 'https:' ? '443' : '80')
}

/** With a proxy, every name that is looked up and every TCP connection is the proxy's. */
function concernsProxy({ code, syscall, proxyStatus }: Failure): boolean {
  const isConnection = isLookup(syscall) || syscall === 'connect' || code === 'UND_ERR_CONNECT_TIMEOUT'
  return isConnection || code === 'UND_ERR_HEADERS_TIMEOUT' || proxyStatus !== undefined
}

function describeProxy(failure: Failure): string {
  const status = failure.proxyStatus
  if (status === 407) return `it wants a user name and password (HTTP 407); ${GIVE_PROXY_CREDENTIALS}`
  if (status !== undefined)
    return `it refused to connect (HTTP ${status}); does it let this machine reach the collector?`
  if (isLookup(failure.syscall)) return `host name not found (${failure.code}); ${CHECK_PROXY}`
  return failure.code === 'ECONNREFUSED' ? `connection refused; ${CHECK_PROXY}` : describeOther(failure)
}

function describeOther({ code, message }: Failure): string {
  return CLAUSES[code] ?? (printableText(message, MAX_MESSAGE_CHARS) || 'unknown error')
}
