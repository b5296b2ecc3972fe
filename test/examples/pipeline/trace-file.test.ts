import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { readTraceFile } from '../../../examples/pipeline/trace-file.ts'

const folder = mkdtempSync(join(tmpdir(), 'trace-file-'))
after(() => rmSync(folder, { recursive: true }))

const request = (pid: number, spans: object[]): string =>
  JSON.stringify({
    resourceSpans: [
      {
        resource: {
          attributes: [
            { key: 'service.name', value: { stringValue: 'regen3d-job' } },
            { key: 'process.pid', value: { intValue: String(pid) } },
          ],
        },
        scopeSpans: [{ scope: { name: 'x' }, spans }],
      },
    ],
  })

const SPAN = {
  traceId: 'a'.repeat(32),
  spanId: 'b'.repeat(16),
  name: 'weld',
  startTimeUnixNano: '1700000000000000001',
  endTimeUnixNano: '1700000000001500001',
}

test('spans of several lines, with their process and the error of those that failed', () => {
  const path = join(folder, 'traces.jsonl')
  const failed = { ...SPAN, parentSpanId: SPAN.spanId, spanId: 'c'.repeat(16), status: { code: 2, message: 'no' } }
  writeFileSync(path, `${request(11, [SPAN])}\n${request(12, [failed, { ...SPAN, status: {} }])}\n`)
  const spans = readTraceFile(path)
  assert.deepEqual(
    spans.map(span => [span.processId, span.parentSpanId, span.error]),
    [
      ['11', undefined, undefined],
      ['12', SPAN.spanId, 'no'],
      ['12', undefined, undefined],
    ],
  )
  const { service, durationMs, startNs } = spans[0]!
  assert.deepEqual(
    { service, durationMs, startNs },
    { service: 'regen3d-job', durationMs: 1.5, startNs: 1700000000000000001n },
  )
})

test('links, with the attempt that they are to', () => {
  const path = join(folder, 'linked.jsonl')
  const attributes = [{ key: 'job.attempt', value: { intValue: '1' } }]
  writeFileSync(path, request(11, [{ ...SPAN, links: [{ traceId: 'd'.repeat(32), spanId: SPAN.spanId, attributes }] }]))
  assert.deepEqual(readTraceFile(path)[0]?.links, [{ traceId: 'd'.repeat(32), attempt: '1' }])
})

test('no file holds no spans', () => {
  assert.deepEqual(readTraceFile(join(folder, 'absent.jsonl')), [])
})

test('a line that was cut short is an error, not a smaller count', () => {
  const path = join(folder, 'cut.jsonl')
  writeFileSync(path, `${request(11, [SPAN])}\n${request(12, [SPAN]).slice(0, 90)}`)
  assert.throws(() => readTraceFile(path), SyntaxError)
})
