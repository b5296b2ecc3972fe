import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { FiledSpan } from '../../../examples/pipeline/trace-file.ts'
import { renderTrees } from '../../../examples/pipeline/tree.ts'

let clock = 0n
const span = (spanId: string, parentSpanId: string | undefined, fields: Partial<FiledSpan> = {}): FiledSpan => ({
  traceId: 't1',
  spanId,
  parentSpanId,
  name: `span ${spanId}`,
  startNs: clock++,
  durationMs: 12.34,
  service: 'regen3d-job',
  processId: '7',
  error: undefined,
  links: [],
  ...fields,
})

const ROOT = span('root', undefined, { name: 'scene', service: 'orchestrator', processId: '1', durationMs: 1234.5 })
const JOB = span('job', 'root', { name: 'job' })
const READ = span('read', 'job')
const WELD = span('weld', 'job', { error: 'cut short' })
const LATE = span('late', 'root', { name: 'later', processId: '8' })

test('children by start time, the process where it changes, the error highlighted', () => {
  const [tree, ...others] = renderTrees([LATE, WELD, READ, JOB, ROOT], text => `<${text}>`)
  assert.deepEqual(others, [])
  assert.equal(
    tree,
    `trace t1
scene              1234.5 ms  orchestrator, process 1
├─ job               12.3 ms  regen3d-job, process 7
│  ├─ span read      12.3 ms
<│  └─ span weld      12.3 ms  ✗ cut short>
└─ later             12.3 ms  regen3d-job, process 8`,
  )
})

test('a further attempt says which trace the one before it is', () => {
  const links = [{ traceId: 't1', attempt: '1' }]
  const [tree] = renderTrees([span('retried', undefined, { traceId: 't2', links })], text => text)
  assert.match(tree!, /^trace t2\nspan retried .*, process 7 {2}↩ attempt 1 is trace t1$/)
})

test('a span whose parent is missing is a tree of its own', () => {
  const trees = renderTrees([ROOT, span('stray', 'unknown', { traceId: 't2' })], text => text)
  assert.deepEqual(
    trees.map(tree => tree.split('\n')[0]),
    ['trace t1', 'trace t2'],
  )
})
