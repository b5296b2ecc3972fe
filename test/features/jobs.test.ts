import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, type TestContext, test } from 'node:test'
import { DirectoryQueue } from '../../src/jobs/directory-queue.ts'
import type { DeadLetterMessage } from '../../src/types/jobs.ts'
import { type ChildResult, runChild } from '../support/child.ts'

const program = new URL('programs/job.mjs', import.meta.url)
const CONTEXT = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'

interface Span {
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId?: string
  readonly name: string
  readonly links?: readonly { readonly traceId: string; readonly spanId: string }[]
}

interface Run extends ChildResult {
  readonly letters: readonly DeadLetterMessage[]
  readonly spans: readonly Span[]
}

/** With its trace in a file, unless `env` says otherwise. */
async function runJob(folder: string, how: string, env: Record<string, string> = {}): Promise<Run> {
  const traces = join(folder, 'traces.jsonl')
  const result = await runChild(program, {
    args: [how],
    cwd: folder,
    env: { OTEL_TRACES_EXPORTER: 'file', BLUEPRINT_TRACING_FILE: traces, OTEL_LOG_LEVEL: 'warn', ...env },
  })
  const letters = await new DirectoryQueue(join(folder, 'dead-letter')).list()
  return { ...result, letters, spans: spansIn(traces) }
}

function spansIn(path: string): Span[] {
  try {
    const lines = readFileSync(path, 'utf8').trim().split('\n')
    return lines.flatMap(line => JSON.parse(line).resourceSpans[0].scopeSpans[0].spans as Span[])
  } catch {
    return []
  }
}

function temporaryFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'job-'))
  t.after(() => rmSync(folder, { recursive: true }))
  return folder
}

describe('a job that ends with process.exit on the next line', () => {
  const rows: readonly [how: string, code: number, letters: number][] = [
    ['0', 0, 0],
    ['3', 3, 0],
    ['exit0', 0, 0],
    ['exit4', 4, 1],
    ['throw', 1, 1],
  ]
  for (const [how, code, count] of rows) {
    test(`${how}: exit code ${code}, its span, and ${count} dead letters`, async t => {
      const run = await runJob(temporaryFolder(t), how)
      assert.equal(run.code, code, run.stderr)
      assert.deepEqual([run.letters.length, run.spans.length], [count, 1])
      assert.equal(run.stderr.split('\n').length - 1, count, run.stderr)
      const { traceId, spanId } = run.spans[0]!
      for (const letter of run.letters) assert.equal(letter.traceparent, `00-${traceId}-${spanId}-03`)
    })
  }

  for (const off of [{ ENABLE_TRACING: 'off' }, { OTEL_TRACES_EXPORTER: 'none' }]) {
    test(`does all of it with ${JSON.stringify(off)}`, async t => {
      const run = await runJob(temporaryFolder(t), 'exit4', off)
      assert.equal(run.code, 4, run.stderr)
      assert.deepEqual([run.letters.length, run.spans.length], [1, 0])
      assert.equal(run.letters[0]?.error_message, 'Job exited with code 4')
    })
  }
})

test('a further attempt is a trace of its own, linked to the first, in the same dead letter', async t => {
  const folder = temporaryFolder(t)
  const first = await runJob(folder, 'throw')
  const { message_id: id, traceparent } = first.letters[0]!
  const attempt = { JOB_MESSAGE_ID: id, JOB_PREVIOUS_TRACEPARENTS: traceparent! }
  const second = await runJob(folder, 'throw', { ...attempt, JOB_ATTEMPT: '2' })
  const [, span] = second.spans
  assert.equal(second.letters.length, 1)
  assert.deepEqual([second.letters[0]?.message_id, second.letters[0]?.attempt_count], [id, 2])
  assert.notEqual(span?.traceId, first.spans[0]?.traceId)
  assert.deepEqual(
    span?.links?.map(({ traceId, spanId }) => [traceId, spanId]),
    [[first.spans[0]?.traceId, first.spans[0]?.spanId]],
  )
  const third = await runJob(folder, 'throw', { ...attempt, JOB_ATTEMPT: '3' })
  assert.deepEqual([third.letters[0]?.status, third.letters[0]?.attempt_count], ['abandoned', 3])
})

test('a job within a trace continues that', async t => {
  const { spans } = await runJob(temporaryFolder(t), '0', { TRACEPARENT: CONTEXT, JOB_PREVIOUS_TRACEPARENTS: CONTEXT })
  assert.equal(spans[0]?.parentSpanId, CONTEXT.slice(36, 52))
  assert.equal(spans[0]?.links?.length ?? 0, 0)
})

test('a queue that cannot be written to hides neither the exit code nor the error', async t => {
  const folder = temporaryFolder(t)
  writeFileSync(join(folder, 'file'), '')
  const { code, stderr, spans } = await runJob(folder, 'throw', { DEAD_LETTER_DIR: 'file' })
  assert.deepEqual([code, spans.length], [1, 1])
  assert.match(stderr, /^blueprint-tracing: regen3d-job failed: RangeError: boom$/m)
  assert.match(
    stderr,
    /dead letter of regen3d-job could not be stored: cannot write to the dead letter folder .*file: a file stands/,
  )
  assert.match(stderr, /at .*job\.mjs/)
})

test('a bucket that there cannot be is said, and the folder is taken', async t => {
  const { letters, stderr } = await runJob(temporaryFolder(t), 'throw', { BUCKET: 'My letters' })
  assert.equal(letters.length, 1)
  assert.match(stderr, /BUCKET must be the name of a Cloud Storage bucket, got "My letters"; taking the next choice/)
})

test('a job whose backend is gone ends within twice the time that an exit may be held', async t => {
  const env = { OTEL_TRACES_EXPORTER: 'otlp', OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9' }
  const { code, letters, durationMs } = await runJob(temporaryFolder(t), 'throw', env)
  assert.deepEqual([code, letters.length], [1, 1])
  assert.ok(durationMs < 10_000, `${durationMs} ms`)
})
