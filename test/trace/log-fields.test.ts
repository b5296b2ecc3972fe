import assert from 'node:assert/strict'
import test from 'node:test'
import { extractTraceContext, getTracer, initTracing, logFields, withTraceContext } from '../../src/index.ts'
import { setSource } from '../../src/trace/current-source.ts'
import { createRecording } from '../support/recording.ts'

const CONTEXT = extractTraceContext({ traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' })
const TRACE = 'logging.googleapis.com/trace'
const SPAN = 'logging.googleapis.com/spanId'
const SAMPLED = 'logging.googleapis.com/trace_sampled'

test('without a current span there is nothing to log', () => {
  setSource(createRecording().source)
  getTracer().startSpan('not current').end()
  assert.deepEqual([logFields(), logFields('gcp')], [{}, {}])
  withTraceContext(CONTEXT, () => assert.deepEqual(logFields(), {}))
})

test('the fields name the current span, in hex', () => {
  setSource(createRecording().source)
  getTracer().span('span', span => {
    const { traceId, spanId } = span.spanContext()
    assert.deepEqual(logFields(), { trace_id: traceId, span_id: spanId, trace_flags: '03' })
    assert.deepEqual(logFields('otel'), logFields())
    assert.deepEqual(logFields('unknown' as never), logFields())
  })
})

test('for Google Cloud without a known project the trace is a bare id; afterwards its resource name', t => {
  setSource(createRecording().source)
  t.after(() => {
    delete process.env.GCP_PROJECT_ID
    delete process.env.GOOGLE_CLOUD_PROJECT
  })
  delete process.env.GCP_PROJECT_ID
  delete process.env.GOOGLE_CLOUD_PROJECT
  getTracer().span('span', span => {
    const { traceId, spanId } = span.spanContext()
    assert.deepEqual(logFields('gcp'), { [TRACE]: traceId, [SPAN]: spanId, [SAMPLED]: true })
    process.env.GOOGLE_CLOUD_PROJECT = 'second-choice'
    process.env.GCP_PROJECT_ID = 'my-project'
    const named = { [TRACE]: `projects/my-project/traces/${traceId}`, [SPAN]: spanId, [SAMPLED]: true }
    assert.deepEqual(logFields('gcp'), named)
    process.env.GCP_PROJECT_ID = 'another'
    assert.deepEqual(logFields('gcp'), named)
  })
})

test('a span that is not recorded is named as well, with its flags', () => {
  setSource(createRecording({ sampler: { kind: 'always_off' } }).source)
  getTracer().span('span', span => {
    assert.deepEqual([logFields().span_id, logFields().trace_flags], [span.spanContext().spanId, '02'])
    assert.equal(logFields('gcp')[SAMPLED], false)
  })
  initTracing({ exporters: [], logger: false })
  withTraceContext(CONTEXT, () =>
    getTracer().span('passes on', () => {
      const fields = { trace_id: CONTEXT.spanContext?.traceId, span_id: CONTEXT.spanContext?.spanId, trace_flags: '01' }
      assert.deepEqual(logFields(), fields)
    }),
  )
})

test('while tracing is off there is no current span', () => {
  initTracing({ enabled: false, logger: false })
  getTracer().span('span', () => assert.deepEqual(logFields(), {}))
})
