import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { classifyError } from '../../src/jobs/classify-error.ts'
import { STRONG_SIGNS, WEAK_SIGNS } from '../../src/jobs/error-table.ts'
import { JobExit } from '../../src/jobs/job-exit.ts'

const error = (fields: object, message = 'x'): Error => Object.assign(new Error(message), fields)
const fetchFailed = new TypeError('fetch failed', { cause: error({ code: 'ECONNREFUSED' }) })

const rows: readonly [what: string, error: unknown, category: string, severity: string, retryable: boolean][] = [
  ['a refused connection', error({ code: 'ECONNREFUSED' }), 'network', 'medium', true],
  ['a refused connection below fetch', fetchFailed, 'network', 'medium', true],
  ['it below two more causes', error({ cause: error({ cause: fetchFailed }) }), 'network', 'medium', true],
  [
    'a member of an AggregateError',
    new AggregateError([error({}), error({ code: 'ETIMEDOUT' })]),
    'timeout',
    'medium',
    true,
  ],
  ['a timeout signal', AbortSignal.timeout(0).reason ?? error({ name: 'TimeoutError' }), 'timeout', 'medium', true],
  ['an abort', error({ name: 'AbortError' }), 'cancelled', 'low', true],
  ['a full disk', error({ code: 'ENOSPC' }), 'resource', 'critical', true],
  ['a missing file', error({ code: 'ENOENT' }), 'not_found', 'high', false],
  ['a forbidden file', error({ code: 'EACCES' }), 'permission', 'high', false],
  ['HTTP 503, as fetch wrappers have it', error({ status: 503 }), 'unavailable', 'medium', true],
  ['HTTP 429, as got has it', error({ response: { statusCode: 429 } }), 'rate_limit', 'low', true],
  [
    'HTTP 403, as axios has it',
    error({ code: 'ERR_BAD_REQUEST', response: { status: 403 } }),
    'permission',
    'high',
    false,
  ],
  ['HTTP 404, as the AWS SDK has it', error({ $metadata: { httpStatusCode: 404 } }), 'not_found', 'high', false],
  ['HTTP 412, as gaxios has it', error({ code: '412' }), 'conflict', 'medium', true],
  ['an HTTP status of no row, below 500', error({ statusCode: 418 }), 'data', 'high', false],
  ['an HTTP status of no row, from 500 on', error({ statusCode: 599 }), 'unavailable', 'medium', true],
  ['gRPC 14', error({ code: 14, details: 'no connection' }), 'unavailable', 'medium', true],
  ['14 of something else', error({ code: 14 }), 'unknown', 'medium', false],
  ['broken JSON', catching(() => JSON.parse('{')), 'data', 'high', false],
  ['a bug', catching(() => (undefined as unknown as string).length), 'bug', 'high', false],
  ['a failed assertion', catching(() => assert.equal(1, 2)), 'bug', 'high', false],
  ['exit code 1', new JobExit(1), 'job_exit', 'medium', false],
  ['EX_TEMPFAIL', new JobExit(75), 'unavailable', 'medium', true],
  ['exit code 137', new JobExit(137), 'resource', 'critical', true],
  ['text', 'boom', 'unknown', 'medium', false],
  ['undefined', undefined, 'unknown', 'medium', false],
  ['a plain error', error({}), 'unknown', 'medium', false],
]

describe('category, severity and retryable', () => {
  for (const [what, thrown, category, severity, retryable] of rows) {
    test(`${what}: ${category}`, () => {
      const { context: _, ...kind } = classifyError(thrown)
      assert.deepEqual(kind, { category, severity, retryable })
    })
  }

  test('no sign is in both parts of the table', () => {
    assert.ok(STRONG_SIGNS.size > 100)
    assert.deepEqual(
      [...STRONG_SIGNS.keys()].filter(sign => WEAK_SIGNS.has(sign)),
      [],
    )
  })
})

test('the context is what the nearest error says of where it happened', () => {
  const cause = error({ code: 'ECONNREFUSED', syscall: 'connect', address: '127.0.0.1', port: 1, secret: 'no' })
  const { context } = classifyError(error({ code: 'OUTER', cause, statusCode: 503, path: 'x'.repeat(5_000) }))
  assert.deepEqual(context, {
    code: 'OUTER',
    syscall: 'connect',
    address: '127.0.0.1',
    port: 1,
    path: 'x'.repeat(1_024),
    http_status: 503,
  })
})

test('errors that cannot be read, or contain themselves, are classified all the same', () => {
  const ring = error({ code: 'EPIPE' })
  Object.assign(ring, { cause: ring, errors: [ring] })
  assert.equal(classifyError(ring).category, 'network')
  const hostile = new Proxy(new Error('x'), { get: () => assert.fail('read') })
  assert.equal(classifyError(hostile).category, 'unknown')
  const many = new AggregateError(Array.from({ length: 1_000_000 }, () => ({})))
  assert.equal(classifyError(many).category, 'unknown')
})

function catching(fn: () => unknown): unknown {
  try {
    return fn()
  } catch (error) {
    return error
  }
}
