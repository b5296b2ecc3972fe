import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { runChild } from '../support/child.ts'

const PROGRAM = new URL('programs/context-rules.mjs', import.meta.url)
const FILE = { OTEL_TRACES_EXPORTER: 'file', BLUEPRINT_TRACING_FILE: '/dev/null' }

type Headers = Readonly<Record<string, string>>

const PARENT: Headers = {
  traceparent: '00-12345678901234567890123456789012-1234567890123456-01',
  tracestate: 'p=1',
  baggage: 'from=parent',
  'x-request-id': 'run-7',
}
const PARENT_ENVIRONMENT = {
  TRACEPARENT: PARENT.traceparent,
  TRACESTATE: PARENT.tracestate,
  BAGGAGE: PARENT.baggage,
  REQUEST_ID: PARENT['x-request-id'],
}
const REMOTE: Headers = {
  traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
  tracestate: 'a=b',
  baggage: 'k=v',
  'x-request-id': 'remote',
}
const REQUEST_ID: Headers = { 'x-request-id': 'run-7' }

/** What programs/context-rules.mjs tells. */
interface Told {
  readonly enabled: boolean
  readonly propagating: boolean
  readonly exporters: readonly string[]
  readonly childEnv: Readonly<Record<string, string>>
  readonly requestId: string | undefined
  readonly baggage: Readonly<Record<string, unknown>>
  readonly current: boolean
  readonly wrapperIsFunction: boolean
  readonly storagesOfSpans: number
  readonly storages: number
  readonly beforeSetUp: Headers
  readonly outside: Headers
  readonly inSpan: Headers
  readonly inRoot: Headers
  readonly inNullParent: Headers
  readonly inActive: Headers
  readonly inJob: Headers
  readonly bound: Headers
  readonly inEmpty: Headers
  readonly inSpanInEmpty: Headers
  readonly inRemote: Headers
  readonly inSpanInRemote: Headers
  readonly inBaggage: Headers
}

async function tell(options: object, env: Readonly<Record<string, string | undefined>>): Promise<Told> {
  const { code, stdout, stderr } = await runChild(PROGRAM, { args: [JSON.stringify(options)], env })
  assert.equal(code, 0, stderr)
  return JSON.parse(stdout)
}

/** A span of its own in the trace that `headers` name, with all else that they carry. */
function assertChildOf(headers: Headers, parent: Headers): void {
  const [version, traceId, spanId, flags] = headers.traceparent!.split('-')
  const [, parentTraceId, parentSpanId] = parent.traceparent!.split('-')
  assert.deepEqual([version, traceId, flags], ['00', parentTraceId, '01'])
  assert.notEqual(spanId, parentSpanId)
  assert.deepEqual({ ...headers, traceparent: '' }, { ...parent, traceparent: '' })
}

/** A trace of its own, which nothing but baggage and request id came to. */
function assertOwnRoot(headers: Headers, rest: Headers): void {
  assert.match(headers.traceparent ?? '', /^00-[0-9a-f]{32}-[0-9a-f]{16}-03$/)
  assert.ok(!headers.traceparent?.includes(PARENT.traceparent!.slice(3, 35)))
  const { traceparent: _own, ...others } = headers
  assert.deepEqual(others, rest)
}

const OFF = { enabled: false }

describe('off', () => {
  test('an extracted context is passed through unchanged, and nothing new is created', async () => {
    const told = await tell(OFF, {})
    assert.deepEqual([told.enabled, told.propagating, told.exporters], [false, false, []])
    const { beforeSetUp, outside, inSpan, inRoot, inNullParent, inActive, inJob, bound, inEmpty, inSpanInEmpty } = told
    const nothing = [beforeSetUp, outside, inSpan, inRoot, inNullParent, inActive, inJob, bound, inEmpty, inSpanInEmpty]
    assert.deepEqual(nothing, Array(nothing.length).fill({}))
    assert.deepEqual([told.inRemote, told.inSpanInRemote], [REMOTE, REMOTE])
    assert.deepEqual(told.inBaggage, { baggage: 'own=1' })
    assert.deepEqual([told.current, told.wrapperIsFunction, told.requestId], [false, true, undefined])
  })

  test('withTraceContext and withBaggage alone make an AsyncLocalStorage, and one', async () => {
    const { storagesOfSpans, storages } = await tell(OFF, {})
    assert.deepEqual([storagesOfSpans, storages], [0, 1])
  })

  test('the environment’s context is passed through as well, except out of another context', async () => {
    const told = await tell(OFF, PARENT_ENVIRONMENT)
    const { beforeSetUp, outside, inSpan, inRoot, inNullParent, inActive, inJob, bound } = told
    const passed = [beforeSetUp, outside, inSpan, inRoot, inNullParent, inActive, inJob, bound]
    assert.deepEqual(passed, Array(passed.length).fill(PARENT))
    assert.deepEqual(told.childEnv, PARENT_ENVIRONMENT)
    assert.deepEqual([told.inEmpty, told.inSpanInEmpty, told.inRemote], [REQUEST_ID, REQUEST_ID, REMOTE])
    assert.deepEqual(told.inBaggage, { ...PARENT, baggage: 'from=parent,own=1' })
  })
})

describe('on without an exporter', () => {
  test('roots of its own go out and nothing is recorded', async () => {
    const told = await tell({ exporters: [] }, {})
    assert.deepEqual([told.enabled, told.propagating, told.exporters], [false, true, []])
    for (const headers of [told.inSpan, told.inRoot, told.inNullParent, told.inActive]) assertOwnRoot(headers, {})
    // The job has made a request id, for the process since it was in no scope.
    const made = { 'x-request-id': told.inJob['x-request-id']! }
    for (const headers of [told.inJob, told.inSpanInEmpty]) assertOwnRoot(headers, made)
    assert.deepEqual([told.outside, told.inEmpty], [{}, made])
    assert.deepEqual([told.current, told.wrapperIsFunction], [true, false])
  })

  test('a parent’s context is passed on as it is, since no span stands between it and the children', async () => {
    const told = await tell({ exporters: [] }, PARENT_ENVIRONMENT)
    const { beforeSetUp, outside, inSpan, inActive, inJob } = told
    assert.deepEqual([beforeSetUp, outside, inSpan, inActive, inJob], Array(5).fill(PARENT))
    assert.deepEqual([told.inRemote, told.inSpanInRemote], [REMOTE, REMOTE])
    for (const headers of [told.inRoot, told.inNullParent])
      assertOwnRoot(headers, { baggage: PARENT.baggage!, ...REQUEST_ID })
    assertOwnRoot(told.inSpanInEmpty, REQUEST_ID)
  })
})

describe('on', () => {
  test('the environment’s context is the default: every span with no other context continues it', async () => {
    const told = await tell({}, { ...PARENT_ENVIRONMENT, ...FILE })
    assert.deepEqual([told.enabled, told.propagating, told.exporters], [true, true, ['file']])
    assert.deepEqual([told.beforeSetUp, told.outside, told.bound], [PARENT, PARENT, PARENT])
    assert.deepEqual([told.childEnv, told.requestId], [PARENT_ENVIRONMENT, 'run-7'])
    assert.deepEqual(told.baggage, { from: { value: 'parent' } })
    for (const headers of [told.inSpan, told.inActive, told.inJob]) assertChildOf(headers, PARENT)
  })

  test('root, a null parent and any extracted context override it, even an empty one', async () => {
    const told = await tell({}, { ...PARENT_ENVIRONMENT, ...FILE })
    for (const headers of [told.inRoot, told.inNullParent])
      assertOwnRoot(headers, { baggage: PARENT.baggage!, ...REQUEST_ID })
    assert.deepEqual(told.inEmpty, REQUEST_ID)
    assertOwnRoot(told.inSpanInEmpty, REQUEST_ID)
    assert.deepEqual(told.inRemote, REMOTE)
    assertChildOf(told.inSpanInRemote, REMOTE)
  })

  for (const value of ['off', 'OFF', '0', 'false', 'no']) {
    test(`BLUEPRINT_TRACING_ENV_CARRIER=${value} switches it off; a request id is no part of a trace and stays`, async () => {
      const env = { ...PARENT_ENVIRONMENT, ...FILE, BLUEPRINT_TRACING_ENV_CARRIER: value }
      const told = await tell({}, env)
      assert.deepEqual([told.beforeSetUp, told.outside, told.baggage], [REQUEST_ID, REQUEST_ID, {}])
      for (const headers of [told.inSpan, told.inActive, told.inJob]) assertOwnRoot(headers, REQUEST_ID)
    })
  }

  test('only what the propagators name is read from it, also if it was asked for before the set-up', async () => {
    const told = await tell({ propagators: ['request-id'] }, { ...PARENT_ENVIRONMENT, ...FILE })
    assert.deepEqual(told.beforeSetUp, PARENT)
    assert.deepEqual([told.outside, told.inSpan, told.baggage], [REQUEST_ID, REQUEST_ID, {}])
  })

  const unusable = ['', '00-0-0-01', `${PARENT.traceparent}-x`, `00-${'0'.repeat(32)}-1234567890123456-01`]
  for (const TRACEPARENT of unusable) {
    test(`TRACEPARENT=${JSON.stringify(TRACEPARENT)} is no parent`, async () => {
      const told = await tell({}, { TRACEPARENT, TRACESTATE: 'p=1', ...FILE })
      assert.deepEqual(told.outside, {})
      assertOwnRoot(told.inSpan, {})
    })
  }
})

test('a set-up at the first span that fails leaves tracing off, says so once, and throws nothing', async () => {
  const program = new URL('programs/failing-set-up.mjs', import.meta.url)
  const { code, stdout, stderr } = await runChild(program, { env: FILE })
  assert.deepEqual([code, stdout], [0, '[false,false]'], stderr)
  assert.match(stderr, /^blueprint-tracing: tracing is off, since it could not be set up: this host has no name\n$/)
})
