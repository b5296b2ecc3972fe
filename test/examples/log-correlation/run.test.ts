import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { type FiledSpan, readTraceFile } from '../../../examples/pipeline/trace-file.ts'
import { runChild } from '../../support/child.ts'

const RUN = new URL('../../../examples/log-correlation/run.mjs', import.meta.url)

type Line = Readonly<Record<string, unknown>>
type Spans = ReadonlyMap<string, FiledSpan>

/** What the example logs: the message, and the span that was current. */
const WRITTEN = [
  ['before the job', undefined],
  ['job started', 'job:regen3d-job'],
  ['mesh loaded', 'load mesh'],
  ['no texture', 'job:regen3d-job'],
] as const

/** The lines that the example logs, and by their names the spans that it traces. */
async function runExample(format: string, env: NodeJS.ProcessEnv): Promise<{ lines: Line[]; spans: Spans }> {
  const folder = mkdtempSync(join(tmpdir(), 'log-correlation-'))
  const file = join(folder, 'traces.jsonl')
  const { code, stdout, stderr } = await runChild(RUN, { args: [format, file], env })
  const spans = code === 0 ? readTraceFile(file) : []
  rmSync(folder, { recursive: true })
  assert.equal(code, 0, stderr)
  const lines = stdout.trimEnd().split('\n')
  return { lines: lines.map(line => JSON.parse(line)), spans: new Map(spans.map(span => [span.name, span])) }
}

test('in OpenTelemetry’s form every line names the span that it was written in (after a build)', async () => {
  const { lines, spans } = await runExample('otel', {})
  const expected = WRITTEN.map(([msg, name]) => {
    const span = name === undefined ? undefined : spans.get(name)!
    return span === undefined ? [msg] : [msg, span.traceId, span.spanId, '03']
  })
  const written = lines.map(line => [line.msg, ...['trace_id', 'span_id', 'trace_flags'].map(key => line[key])])
  assert.deepEqual(
    written.map(values => values.filter(value => value !== undefined)),
    expected,
  )
  assert.equal(lines[2]?.vertices, 35_947)
})

test('in Google Cloud’s form every line has the fields that Cloud Logging reads', async () => {
  const { lines, spans } = await runExample('gcp', { GOOGLE_CLOUD_PROJECT: 'my-project' })
  const expected = WRITTEN.map(([message, name]) => {
    const span = name === undefined ? undefined : spans.get(name)!
    if (span === undefined) return { message }
    return {
      message,
      'logging.googleapis.com/trace': `projects/my-project/traces/${span.traceId}`,
      'logging.googleapis.com/spanId': span.spanId,
      'logging.googleapis.com/trace_sampled': true,
    }
  })
  const fields = lines.map(({ pid: _pid, hostname: _hostname, severity: _s, time: _t, vertices: _v, ...rest }) => rest)
  assert.deepEqual(fields, expected)
  assert.deepEqual(
    lines.map(({ severity }) => severity),
    ['INFO', 'INFO', 'INFO', 'WARNING'],
  )
  for (const { time } of lines) assert.match(String(time), /^\d{4}-\d\d-\d\dT[\d:.]+Z$/)
})
