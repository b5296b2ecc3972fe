import type { ErrorCategory, ErrorSeverity } from '../types/jobs.ts'

export interface ErrorClass {
  readonly category: ErrorCategory
  readonly severity: ErrorSeverity
  readonly retryable: boolean
}

interface Row extends ErrorClass {
  /** Error codes, error names, HTTP statuses, gRPC codes (status.proto) and exit codes (sysexits.h; 128 + signal). */
  readonly signs: readonly string[]
}

export const UNKNOWN: ErrorClass = { category: 'unknown', severity: 'medium', retryable: false }

const ROWS: readonly Row[] = [
  row('network', 'medium', true, [
    ['ECONNREFUSED', 'ECONNRESET', 'ECONNABORTED', 'EPIPE', 'EHOSTUNREACH', 'EHOSTDOWN', 'ENETUNREACH', 'ENETDOWN'],
    ['ENETRESET', 'ENOTCONN', 'EADDRNOTAVAIL', 'EAI_AGAIN', 'UND_ERR_SOCKET', 'ERR_STREAM_PREMATURE_CLOSE'],
  ]),
  row('timeout', 'medium', true, [
    ['ETIMEDOUT', 'ESOCKETTIMEDOUT', 'ETIMEOUT', 'TimeoutError', 'HTTP 408', 'HTTP 504', 'gRPC 4'],
    ['UND_ERR_CONNECT_TIMEOUT', 'UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT', 'ERR_SOCKET_CONNECTION_TIMEOUT'],
  ]),
  row('unavailable', 'medium', true, [
    ['HTTP 500', 'HTTP 502', 'HTTP 503', 'gRPC 13', 'gRPC 14', 'exit 69', 'exit 75', 'EAGAIN'],
  ]),
  row('rate_limit', 'low', true, [['HTTP 429', 'gRPC 8']]),
  row('cancelled', 'low', true, [
    [
      'AbortError',
      'ABORT_ERR',
      'UND_ERR_ABORTED',
      'ECANCELED',
      'HTTP 499',
      'gRPC 1',
      'exit 129',
      'exit 130',
      'exit 143',
    ],
  ]),
  row('resource', 'critical', true, [
    ['ENOSPC', 'EDQUOT', 'EFBIG', 'ENOMEM', 'EMFILE', 'ENFILE', 'EIO', 'HTTP 507', 'exit 71', 'exit 74', 'exit 137'],
    ['ERR_WORKER_OUT_OF_MEMORY', 'ERR_MEMORY_ALLOCATION_FAILED'],
  ]),
  row('permission', 'high', false, [
    [
      'EACCES',
      'EPERM',
      'EROFS',
      'ERR_ACCESS_DENIED',
      'HTTP 401',
      'HTTP 403',
      'HTTP 407',
      'gRPC 7',
      'gRPC 16',
      'exit 77',
    ],
  ]),
  row('not_found', 'high', false, [
    ['ENOENT', 'NotFoundError', 'HTTP 404', 'HTTP 410', 'gRPC 5', 'exit 66', 'exit 68'],
  ]),
  row('conflict', 'medium', true, [
    ['EBUSY', 'ETXTBSY', 'EDEADLK', 'HTTP 409', 'HTTP 412', 'HTTP 423', 'gRPC 6', 'gRPC 10'],
  ]),
  row('data', 'high', false, [
    ['SyntaxError', 'ValidationError', 'ZodError', 'DataError', 'EISDIR', 'ENOTDIR', 'ENAMETOOLONG', 'Z_DATA_ERROR'],
    ['Z_BUF_ERROR', 'ERR_ENCODING_INVALID_ENCODED_DATA', 'ERR_INVALID_URL', 'gRPC 3', 'gRPC 9', 'gRPC 11', 'gRPC 15'],
    ['HTTP 4xx', 'exit 65'],
  ]),
  row('configuration', 'high', false, [
    ['ENOTFOUND', 'EADDRINUSE', 'MODULE_NOT_FOUND', 'ERR_MODULE_NOT_FOUND', 'ERR_UNKNOWN_FILE_EXTENSION', 'HTTP 405'],
    ['HTTP 3xx', 'HTTP 501', 'gRPC 12', 'exit 64', 'exit 78', 'exit 126', 'exit 127', 'CERT_HAS_EXPIRED'],
    ['CERT_NOT_YET_VALID', 'DEPTH_ZERO_SELF_SIGNED_CERT', 'SELF_SIGNED_CERT_IN_CHAIN', 'ERR_TLS_CERT_ALTNAME_INVALID'],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY'],
  ]),
  row('unavailable', 'medium', true, [['HTTP 5xx']]),
]

/** What says little by itself: looked at where nothing in the chain of causes is in the rows above, as below `fetch failed`. */
const WEAK_ROWS: readonly Row[] = [
  row('bug', 'high', false, [
    ['TypeError', 'ReferenceError', 'RangeError', 'EvalError', 'URIError', 'AssertionError', 'ERR_ASSERTION'],
    ['ERR_INVALID_ARG_TYPE', 'ERR_INVALID_ARG_VALUE', 'ERR_OUT_OF_RANGE', 'exit 70'],
  ]),
  row('job_exit', 'medium', false, [['JobExit']]),
]

export const STRONG_SIGNS: ReadonlyMap<string, ErrorClass> = index(ROWS)
export const WEAK_SIGNS: ReadonlyMap<string, ErrorClass> = index(WEAK_ROWS)

function row(category: ErrorCategory, severity: ErrorSeverity, retryable: boolean, signs: readonly string[][]): Row {
  return { category, severity, retryable, signs: signs.flat() }
}

function index(rows: readonly Row[]): Map<string, ErrorClass> {
  return new Map(rows.flatMap(({ signs, ...kind }) => signs.map(sign => [sign, kind] as const)))
}
