import assert from 'node:assert/strict'
import test from 'node:test'
import { extractContext } from '../../src/propagation/context.ts'
import { setProcessContext, withTraceContext } from '../../src/trace/context.ts'
import { ensureRequestId, getRequestId } from '../../src/trace/request-id.ts'
import type { TraceContext } from '../../src/types/context.ts'
import { createRecording } from '../support/recording.ts'

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

function contextWith(requestId?: string): TraceContext {
  return extractContext(requestId === undefined ? {} : { 'x-request-id': requestId }, ['request-id'])
}

/** Starts the process over, as if its environment had this REQUEST_ID. */
function startProcess(requestId?: string): void {
  setProcessContext(() => contextWith(requestId))
}

test('there is none until one is asked for, which is then the process’s own', () => {
  startProcess()
  assert.equal(getRequestId(), undefined)
  const own = ensureRequestId()
  assert.match(own, UUID)
  assert.deepEqual([getRequestId(), ensureRequestId()], [own, own])
  withTraceContext(contextWith(), () => assert.deepEqual([getRequestId(), ensureRequestId()], [own, own]))
})

test('the environment’s is the process’s', () => {
  startProcess('from the environment')
  assert.deepEqual([getRequestId(), ensureRequestId()], ['from the environment', 'from the environment'])
})

test('that of the context beats the process’s, in the context only', () => {
  startProcess('process')
  withTraceContext(contextWith('outer'), () => {
    assert.equal(ensureRequestId(), 'outer')
    withTraceContext(contextWith('inner'), () => assert.equal(getRequestId(), 'inner'))
    assert.equal(getRequestId(), 'outer')
  })
  assert.equal(getRequestId(), 'process')
})

test('one made inside a scope holds in that scope, its spans included, and not outside', async () => {
  startProcess()
  const { tracer } = createRecording()
  await withTraceContext(contextWith(), async () => {
    const made = tracer.span('a', () => tracer.span('b', () => ensureRequestId()))
    await Promise.resolve()
    assert.equal(getRequestId(), made)
    assert.equal(
      tracer.span('c', () => getRequestId()),
      made,
    )
  })
  assert.equal(getRequestId(), undefined)
})

test('one made inside a span that stands in no scope is the process’s', () => {
  startProcess()
  const { tracer } = createRecording()
  assert.equal(
    tracer.span('a', () => ensureRequestId()),
    getRequestId(),
  )
})
