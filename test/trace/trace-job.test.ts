import assert from 'node:assert/strict'
import test from 'node:test'
import { extractTraceContext } from '../../src/trace/carriers.ts'
import { withTraceContext } from '../../src/trace/context.ts'
import { setSource } from '../../src/trace/current-source.ts'
import { getCurrentSpan } from '../../src/trace/current-span.ts'
import { getRequestId } from '../../src/trace/request-id.ts'
import { offSource, PropagatingSource } from '../../src/trace/span-source.ts'
import { traceJob } from '../../src/trace/trace-job.ts'
import type { SpanView } from '../../src/types/exporter.ts'
import type { JobOptions } from '../../src/types/span.ts'
import { createRecording } from '../support/recording.ts'

const CONTEXT = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331', traceFlags: 1 }

/** The span of a job that ran with the request id 'run-7'. */
function runJob(jobName: string, options?: JobOptions): SpanView {
  const recording = createRecording()
  setSource(recording.source)
  const context = extractTraceContext({ 'x-request-id': 'run-7' })
  withTraceContext(context, () =>
    options === undefined ? traceJob(jobName, () => {}) : traceJob(jobName, options, () => {}),
  )
  return recording.spans()[0]!
}

test('a job has these attributes and no others', () => {
  const view = runJob('regen3d-job')
  assert.deepEqual([view.name, view.kind], ['job:regen3d-job', 0])
  assert.deepEqual(
    { ...view.attributes },
    { 'job.name': 'regen3d-job', 'pipeline.step': 'regen3d', 'request.id': 'run-7' },
  )
})

test('a job has its scene, the caller’s attributes, parent and links', () => {
  const view = runJob('assembly', {
    sceneId: 'scene_1',
    attributes: { a: 1 },
    parent: CONTEXT,
    links: [{ context: CONTEXT }],
  })
  assert.deepEqual(
    { ...view.attributes },
    { 'job.name': 'assembly', 'pipeline.step': 'assembly', 'request.id': 'run-7', 'scene.id': 'scene_1', a: 1 },
  )
  assert.deepEqual([view.parentSpanId, view.links[0]?.spanId], [CONTEXT.spanId, CONTEXT.spanId])
})

const steps: readonly [jobName: string, step: string][] = [
  ['simready-job', 'simready'],
  ['job', 'job'],
  ['-job', ''],
  ['a-job-job', 'a-job'],
  ['a-job-2', 'a-job-2'],
]
for (const [jobName, step] of steps) {
  test(`the step of ${jobName} is '${step}'`, () => assert.equal(runJob(jobName).attributes['pipeline.step'], step))
}

test('the caller’s attributes win over the job’s own', () => {
  assert.equal(runJob('a', { attributes: { 'pipeline.step': 'mine' } }).attributes['pipeline.step'], 'mine')
})

test('a job without a request id makes one, and those inside see it', () => {
  const recording = createRecording()
  setSource(recording.source)
  withTraceContext(extractTraceContext({}), () => {
    const inside = traceJob('a', () => getRequestId())
    assert.match(inside ?? '', /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
    assert.equal(recording.spans()[0]?.attributes['request.id'], inside)
    assert.equal(getRequestId(), inside)
  })
})

test('a job whose parent brings a request id has that one', () => {
  const recording = createRecording()
  setSource(recording.source)
  const parent = extractTraceContext({ 'x-request-id': 'run-8' })
  withTraceContext(extractTraceContext({ 'x-request-id': 'run-7' }), () => {
    assert.equal(
      traceJob('a', { parent }, () => getRequestId()),
      'run-8',
    )
  })
  assert.equal(recording.spans()[0]?.attributes['request.id'], 'run-8')
})

test('the span of a job is current inside it, ends with it, and gets its error', async () => {
  const recording = createRecording()
  setSource(recording.source)
  const boom = new Error('boom')
  const run = (): Promise<never> =>
    traceJob('a', async span => {
      assert.equal(getCurrentSpan(), span)
      throw boom
    })
  await assert.rejects(withTraceContext(extractTraceContext({}), run), boom)
  assert.deepEqual(recording.spans()[0]?.status, { code: 2, message: 'boom' })
})

test('a job runs while tracing is off, and makes no request id', () => {
  setSource(offSource([]))
  withTraceContext(extractTraceContext({}), () => {
    assert.equal(
      traceJob('a', () => getRequestId()),
      undefined,
    )
  })
})

test('a job that is not recorded still hands a request id on', () => {
  setSource(new PropagatingSource(['request-id']))
  withTraceContext(extractTraceContext({}), () => assert.ok(traceJob('a', () => getRequestId())))
})

test('a name is read once, and options that throw count as none', () => {
  let reads = 0
  const name = { toString: () => `job ${++reads}` } as unknown as string
  const options = new Proxy({}, { get: () => assert.fail('read') })
  const view = runJob(name, options)
  assert.deepEqual([view.name, view.attributes['job.name'], reads], ['job:job 1', 'job 1', 1])
})
