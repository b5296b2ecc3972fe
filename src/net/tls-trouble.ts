import type { Failure } from './failure.ts'
import { printableText } from './printable.ts'

const MAX_NAMES_CHARS = 100

const GIVE_CA = 'give its CA certificate (tls.ca or OTEL_EXPORTER_OTLP_CERTIFICATE)'
const UNKNOWN_CA = `the server's certificate comes from an unknown authority; ${GIVE_CA}`
const NOT_TLS = 'the port speaks plain HTTP, not TLS; use an http URL'
const CERTIFICATE_WANTED = 'the server wants a client certificate (tls.cert and tls.key)'
const CERTIFICATE_REFUSED = 'the server does not accept the client certificate (tls.cert)'

/** Codes of OpenSSL's certificate checks and of its errors, as Node names them. */
const CLAUSES: Readonly<Record<string, string>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: `the server's certificate is self-signed; ${GIVE_CA}`,
  SELF_SIGNED_CERT_IN_CHAIN: UNKNOWN_CA,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: UNKNOWN_CA,
  UNABLE_TO_GET_ISSUER_CERT: UNKNOWN_CA,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: UNKNOWN_CA,
  CERT_HAS_EXPIRED: "the server's certificate has expired; renew it, or is this machine's clock wrong?",
  CERT_NOT_YET_VALID: "the server's certificate is not valid yet; is this machine's clock right?",
  ERR_SSL_WRONG_VERSION_NUMBER: NOT_TLS,
  ERR_SSL_PACKET_LENGTH_TOO_LONG: NOT_TLS,
  ERR_OSSL_X509_KEY_VALUES_MISMATCH: 'tls.key does not belong to tls.cert',
}

/** What a server says when it ends a handshake: the end of the code, before which each version of OpenSSL has its own. */
const ALERTS: Readonly<Record<string, string>> = {
  CERTIFICATE_REQUIRED: CERTIFICATE_WANTED,
  HANDSHAKE_FAILURE: `TLS handshake refused; perhaps ${CERTIFICATE_WANTED}`,
  BAD_CERTIFICATE: CERTIFICATE_REFUSED,
  CERTIFICATE_EXPIRED: CERTIFICATE_REFUSED,
  CERTIFICATE_UNKNOWN: CERTIFICATE_REFUSED,
  UNKNOWN_CA: CERTIFICATE_REFUSED,
}

/** One clause on a failed handshake; undefined for an error that is not of TLS. */
export function describeTlsFailure(failure: Failure): string | undefined {
  const { code, certificateNames, certificateWanted } = failure
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    const names = printableText(certificateNames, MAX_NAMES_CHARS) || 'another host'
    return `the server's certificate is for ${names}, not for ${certificateWanted} (tls.serverName names the one to expect)`
  }
  const alert = tlsAlert(code)
  if (alert !== undefined) return ALERTS[alert] ?? `TLS handshake refused (${code})`
  if (code.startsWith('ERR_SSL_') || code.startsWith('ERR_TLS_')) return CLAUSES[code] ?? `TLS failed (${code})`
  if (code.startsWith('ERR_OSSL_')) return CLAUSES[code] ?? `tls.ca, tls.cert or tls.key cannot be read (${code})`
  return CLAUSES[code]
}

/** The alert that ended a handshake, such as UNKNOWN_CA. */
export function tlsAlert(code: string): string | undefined {
  return /^ERR_SSL_.*_ALERT_(\w+)$/.exec(code)?.[1]
}
