import assert from 'node:assert/strict'
import { afterEach, describe, type TestContext, test } from 'node:test'
import { JobExit } from '../../src/jobs/job-exit.ts'
import { runJobWithDeadLetterQueue } from '../../src/jobs/run-job.ts'
import { withTestTracing } from '../../src/testing.ts'
import { getTracer, initTracing } from '../../src/tracing.ts'
import type { SpanView } from '../../src/types/exporter.ts'
import type { DeadLetterMessage, JobFunction, RunJobOptions } from '../../src/types/jobs.ts'
import { deadLetter } from '../support/dead-letters.ts'
import { MemoryQueue } from '../support/memory-queue.ts'

const PREVIOUS = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'

const lines: string[] = []
const keep = (message: string): void => void lines.push(message)
initTracing({ enabled: false, logger: { error: keep, warn: keep, info: () => {}, debug: () => {} } })

afterEach(() => {
  lines.length = 0
  for (const name of ['JOB_MESSAGE_ID', 'JOB_ATTEMPT', 'JOB_PREVIOUS_TRACEPARENTS']) delete process.env[name]
})

interface Run {
  readonly exitCode: number
  readonly span: SpanView
  readonly queue: MemoryQueue
}

const OPTIONS = { sceneId: 'scene_1', jobType: 'regen3d-job', step: 'regen3d' }

function runTraced(
  fn: JobFunction,
  options: Partial<RunJobOptions> = {},
  queue: MemoryQueue = new MemoryQueue(),
): Promise<Run> {
  return withTestTracing(async tracing => {
    const exitCode = await runJobWithDeadLetterQueue(fn, { ...OPTIONS, deadLetterQueue: queue, ...options })
    return { exitCode, span: tracing.spans.find(span => span.name === 'job:regen3d-job')!, queue }
  })
}

describe('a job that returns', () => {
  const rows: readonly [what: string, fn: JobFunction, exitCode: number][] = [
    ['nothing', () => {}, 0],
    ['a code', () => 3, 3],
    ['a promise of nothing', async () => {}, 0],
    ['a promise of a code', async () => 4, 4],
    ['what is no code', (() => 'done') as unknown as JobFunction, 0],
    ['half a code', () => 1.5, 0],
    ['by throwing JobExit(0)', () => throwing(new JobExit(0)), 0],
  ]
  for (const [what, fn, exitCode] of rows) {
    test(`${what}: success, exit code ${exitCode}, no dead letter`, async () => {
      const run = await runTraced(fn)
      assert.equal(run.exitCode, exitCode)
      assert.deepEqual([run.span.attributes['job.status'], run.span.attributes['job.exit_code']], ['success', exitCode])
      assert.deepEqual([run.span.status.code, run.queue.messages.size, lines], [0, 0, []])
    })
  }
})

describe('a job that throws', () => {
  const boom = new TypeError('boom')
  for (const [how, fn] of Object.entries({ 'at once': () => throwing(boom), later: async () => throwing(boom) })) {
    test(`${how}: the error is on the span and in a dead letter, and the exit code is 1`, async () => {
      const { exitCode, span, queue } = await runTraced(fn)
      assert.equal(exitCode, 1)
      const { attributes, status, events } = span
      assert.deepEqual(
        [attributes['job.status'], attributes['error.type'], attributes['error.message'], attributes['job.exit_code']],
        ['error', 'TypeError', 'boom', 1],
      )
      assert.deepEqual([status, events.map(event => event.name)], [{ code: 2, message: 'boom' }, ['exception']])
      const letter = queue.only
      assert.deepEqual(
        [letter.scene_id, letter.job_type, letter.step, letter.error_type, letter.error_message, letter.status],
        ['scene_1', 'regen3d-job', 'regen3d', 'TypeError', 'boom', 'pending'],
      )
      assert.deepEqual([letter.attempt_count, letter.max_attempts], [1, 3])
      assert.equal(letter.first_failure_time, letter.last_failure_time)
      assert.match(letter.traceback, /^TypeError: boom\n {4}at /)
      assert.equal(letter.traceparent, `00-${span.traceId}-${span.spanId}-03`)
      assert.equal(attributes['job.dead_letter_id'], letter.message_id)
      assert.deepEqual(lines, [`regen3d-job failed: TypeError: boom; kept as dead letter ${letter.message_id}`])
    })
  }

  test('resolves to failureExitCode', async () => {
    assert.equal((await runTraced(() => throwing(boom), { failureExitCode: 42 })).exitCode, 42)
  })

  for (const wrong of [0, 256, -1, 1.5, '2', null]) {
    test(`resolves to 1 where failureExitCode is ${JSON.stringify(wrong)}, which is said`, async () => {
      const { exitCode } = await runTraced(() => throwing(boom), { failureExitCode: wrong as number })
      assert.equal(exitCode, 1)
      assert.match(lines[0]!, /^failureExitCode must be an integer from 1 to 255, got .*; using 1$/)
    })
  }

  const thrown: readonly [what: string, error: unknown, type: string, message: string][] = [
    ['text', 'boom', 'string', 'boom'],
    ['nothing', undefined, 'undefined', 'undefined'],
    ['null', null, 'object', 'null'],
    ['a number', 7, 'number', '7'],
    ['an object', { message: 'boom' }, 'Object', 'boom'],
    ['a proxy that throws', new Proxy({}, { get: () => throwing(boom) }), 'Error', '[unreadable exception]'],
  ]
  for (const [what, error, type, message] of thrown) {
    test(`${what}`, async () => {
      const { exitCode, queue } = await runTraced(() => throwing(error))
      assert.equal(exitCode, 1)
      assert.deepEqual([queue.only.error_type, queue.only.error_message], [type, message])
    })
  }

  test('causes and the members of an AggregateError are in the traceback', async () => {
    const cause = new Error('the cause')
    const error = new AggregateError([new Error('first'), new Error('second', { cause })], 'both')
    const { traceback } = (await runTraced(() => throwing(error))).queue.only
    assert.match(
      traceback,
      /^AggregateError: both[\s\S]*Member: Error: first[\s\S]*Member: Error: second[\s\S]*Caused by: Error: the cause/,
    )
  })
})

describe('a job that throws JobExit', () => {
  test('with a code: failure, a dead letter, and the code is passed on', async () => {
    const { exitCode, span, queue } = await runTraced(() => throwing(new JobExit(7)), { failureExitCode: 42 })
    assert.equal(exitCode, 7)
    assert.deepEqual([span.attributes['job.status'], span.attributes['job.exit_code']], ['failure', 7])
    assert.deepEqual(span.status, { code: 2, message: 'Job exited with code 7' })
    assert.equal(queue.only.error_message, 'Job exited with code 7')
  })

  for (const code of [256, -1, 1.5, Number.NaN]) {
    test(`with ${code}, of which a shell would see something else: failureExitCode`, async () => {
      assert.equal((await runTraced(() => throwing(new JobExit(code)), { failureExitCode: 9 })).exitCode, 9)
    })
  }
})

test('simple input parameters become attributes; all of them are in the dead letter', async () => {
  const inputParams = { mesh: 'bunny', faces: 5, closed: false, none: null, part: { name: 'ear' }, list: [1] }
  const { span, queue } = await runTraced(() => throwing(new Error('boom')), { inputParams })
  const inputs = Object.entries(span.attributes).filter(([key]) => key.startsWith('input.'))
  assert.deepEqual(Object.fromEntries(inputs), { 'input.mesh': 'bunny', 'input.faces': 5, 'input.closed': false })
  assert.deepEqual({ ...queue.only.original_payload, part: { name: 'ear' } }, inputParams)
})

test('the job runs in its span, which has the job’s attributes', async () => {
  const { span } = await runTraced(() => getTracer().startSpan('inside').end())
  assert.deepEqual(
    [span.attributes['job.name'], span.attributes['pipeline.step'], span.attributes['scene.id']],
    ['regen3d-job', 'regen3d', 'scene_1'],
  )
  assert.equal('job.attempt' in span.attributes, false)
})

test('a job and an error whose names have several lines are told of in one', async () => {
  const error = Object.assign(new Error('boom'), { name: 'Bad\nblueprint-tracing: forged' })
  await runJobWithDeadLetterQueue(() => throwing(error), {
    ...OPTIONS,
    jobType: 'regen3d\njob',
    deadLetterQueue: new MemoryQueue(),
  })
  assert.match(lines[0]!, /^regen3d job failed: Bad blueprint-tracing: forged: boom; kept as dead letter \S+$/)
})

describe('a queue that fails', () => {
  const queues: readonly [what: string, change: Partial<MemoryQueue>, reason: RegExp][] = [
    ['rejects', { publish: () => Promise.reject(new Error('disk full')) }, /disk full$/],
    ['throws', { publish: () => throwing(new Error('broken')) }, /broken$/],
    ['has no publish', { publish: undefined as never }, /is not a function$/],
  ]
  for (const [what, change, reason] of queues) {
    test(`${what}: it is said, and so are the job's error and its stack`, async () => {
      const { exitCode, span } = await runTraced(
        () => throwing(new JobExit(7)),
        {},
        Object.assign(new MemoryQueue(), change),
      )
      assert.equal(exitCode, 7)
      assert.equal(span.status.message, 'Job exited with code 7')
      assert.equal(lines[0], 'regen3d-job failed: JobExit: Job exited with code 7')
      assert.match(lines[1]!, /^the dead letter of regen3d-job could not be stored: /)
      assert.match(lines[1]!, reason)
      assert.match(lines[2]!, /^JobExit: Job exited with code 7\n {4}at /)
    })
  }

  test('does not answer: it is given up', async (t: TestContext) => {
    t.mock.timers.enable({ apis: ['setTimeout'] })
    const queue = new MemoryQueue()
    let running: Promise<Run> | undefined
    await new Promise<void>(resolve => {
      queue.publish = () => {
        resolve()
        return new Promise(() => {})
      }
      running = runTraced(() => throwing(new Error('boom')), {}, queue)
    })
    t.mock.timers.tick(30_000)
    assert.equal((await running)?.exitCode, 1)
    assert.match(lines[1]!, /no answer from the queue within 30000 ms$/)
  })
})

describe('hostile input', () => {
  const hostile = new Proxy({}, { get: () => throwing(new Error('get')), ownKeys: () => throwing(new Error('keys')) })
  test('parameters that cannot be read', async () => {
    const { exitCode, queue } = await runTraced(() => throwing(new Error('boom')), { inputParams: hostile })
    assert.equal(exitCode, 1)
    assert.deepEqual({ ...queue.only.original_payload }, {})
  })

  test('options that cannot be read, and a job that is none', async () => {
    process.env.DEAD_LETTER_DIR = '/dev/null/none'
    try {
      assert.equal(await runJobWithDeadLetterQueue(undefined as unknown as JobFunction, hostile as RunJobOptions), 1)
    } finally {
      delete process.env.DEAD_LETTER_DIR
    }
    assert.match(lines[0]!, /^unknown failed: TypeError: fn is not a function$/)
    assert.match(lines[1]!, /cannot write to the dead letter folder/)
  })
})

test('a job of which nothing is traced has all of that as well', async () => {
  const queue = new MemoryQueue()
  const options = { ...OPTIONS, deadLetterQueue: queue, inputParams: { a: 1 } }
  assert.equal(await runJobWithDeadLetterQueue(() => 5, options), 5)
  assert.equal(await runJobWithDeadLetterQueue(() => throwing(new JobExit(6)), options), 6)
  assert.equal('traceparent' in queue.only, false)
  assert.deepEqual({ ...queue.only.original_payload }, { a: 1 })
})

describe('a further attempt', () => {
  const known = deadLetter({ attempt_count: 1, metadata: { ticket: 'T-1', abandoned_reason: 'no longer so' } })

  async function retry(attempt: string, message: DeadLetterMessage = known, options = {}): Promise<Run> {
    process.env.JOB_MESSAGE_ID = message.message_id
    process.env.JOB_ATTEMPT = attempt
    process.env.JOB_PREVIOUS_TRACEPARENTS = PREVIOUS
    const queue = new MemoryQueue()
    await queue.publish(message)
    return runTraced(() => throwing(new Error('again')), options, queue)
  }

  test('is a trace of its own that links to those before it', async () => {
    const { span } = await retry('2')
    assert.equal(span.parentSpanId, undefined)
    assert.equal(span.attributes['job.attempt'], 2)
    assert.deepEqual(
      span.links.map(link => [link.traceId, link.spanId, link.attributes['job.attempt']]),
      [['0af7651916cd43dd8448eb211c80319c', 'b7ad6b7169203331', 1]],
    )
  })

  test('keeps the message’s id, its first time and its metadata, and raises the count', async () => {
    const { queue, span } = await retry('2')
    const letter = queue.only
    assert.deepEqual([letter.message_id, letter.attempt_count, letter.status], [known.message_id, 2, 'pending'])
    assert.equal(letter.first_failure_time, known.first_failure_time)
    assert.ok(letter.last_failure_time > known.last_failure_time)
    assert.equal(letter.error_message, 'again')
    assert.deepEqual(letter.metadata, { ticket: 'T-1', previous_traceparents: [PREVIOUS] })
    assert.equal(letter.traceparent?.slice(3, 35), span.traceId)
  })

  test('is the last one where it may have no more: the message is abandoned with the reason', async () => {
    const { status, metadata } = (await retry('3')).queue.only
    assert.equal(status, 'abandoned')
    assert.equal(metadata.abandoned_reason, 'failed 3 times, of 3 attempts that it may have')
    assert.match(lines.join('\n'), /given up in dead letter/)
  })

  test('another job in the same environment has a dead letter of its own', async () => {
    const { queue } = await retry('2', known, { step: 'another' })
    const [first, second] = [...queue.messages.values()]
    assert.deepEqual([first, second?.attempt_count], [known, 1])
    assert.notEqual(second?.message_id, known.message_id)
  })

  test('below a span the links are left to the root', async () => {
    process.env.JOB_ATTEMPT = '2'
    process.env.JOB_PREVIOUS_TRACEPARENTS = PREVIOUS
    await withTestTracing(async tracing => {
      await getTracer().span('root', () => runJobWithDeadLetterQueue(() => {}, OPTIONS))
      const span = tracing.spans.find(({ name }) => name.startsWith('job:'))!
      assert.deepEqual([span.links.length, span.attributes['job.attempt']], [0, 2])
    })
  })

  test('where the queue cannot be read, the message is written all the same', async () => {
    process.env.JOB_MESSAGE_ID = 'letter-x'
    process.env.JOB_ATTEMPT = '2'
    const queue = Object.assign(new MemoryQueue(), { get: () => Promise.reject(new Error('no reading')) })
    await runTraced(() => throwing(new Error('boom')), {}, queue)
    assert.deepEqual([queue.only.message_id, queue.only.attempt_count], ['letter-x', 2])
    assert.match(lines[0]!, /dead letter letter-x could not be read: no reading$/)
  })

  for (const [what, found, trouble] of [
    ['null', null, undefined],
    ['something else', { scene_id: 'scene_1' }, /could not be read: message_id must be /],
    [
      'what cannot be read',
      new Proxy({}, { get: (_, key) => key !== 'then' && throwing('trap') }),
      /could not be read/,
    ],
  ] as const) {
    test(`where the queue answers with ${what}, the message is written all the same`, async () => {
      process.env.JOB_MESSAGE_ID = 'letter-x'
      process.env.JOB_ATTEMPT = '2'
      const queue = Object.assign(new MemoryQueue(), { get: async () => found as never })
      await runTraced(() => throwing(new Error('boom')), {}, queue)
      assert.deepEqual([queue.only.message_id, queue.only.attempt_count], ['letter-x', 2])
      if (trouble === undefined) assert.equal(lines.length, 1)
      else assert.match(lines[0]!, trouble)
    })
  }

  test('variables that cannot be used are said', async () => {
    process.env.JOB_MESSAGE_ID = '../x'
    process.env.JOB_ATTEMPT = 'two'
    process.env.JOB_PREVIOUS_TRACEPARENTS = `nonsense,${PREVIOUS}`
    const { span } = await runTraced(() => {})
    assert.equal(lines.length, 2)
    assert.match(lines[0]!, /^JOB_MESSAGE_ID must be .*, got "..\/x"; ignoring it$/)
    assert.match(lines[1]!, /^JOB_ATTEMPT must be .*, got "two"; using 1$/)
    assert.deepEqual([span.attributes['job.attempt'], span.links.length], [1, 1])
  })
})

function throwing(error: unknown): never {
  throw error
}
