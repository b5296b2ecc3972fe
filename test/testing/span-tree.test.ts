import assert from 'node:assert/strict'
import test from 'node:test'
import { MemoryExporter, spanTree } from '../../src/testing.ts'
import { sketchBatch } from '../support/batch.ts'

test('MemoryExporter keeps the spans of every batch until reset', () => {
  const exporter = new MemoryExporter()
  assert.deepEqual(exporter.export(sketchBatch({ id: 1 }, { id: 2 })), { outcome: 'acked' })
  exporter.export(sketchBatch({ id: 3 }))
  assert.deepEqual(
    exporter.spans.map(span => span.name),
    ['span 1', 'span 2', 'span 3'],
  )
  exporter.reset()
  assert.deepEqual(exporter.spans, [])
})

test('spanTree shows names and errors by start time and name, and neither ids nor times', () => {
  const exporter = new MemoryExporter()
  exporter.export(
    sketchBatch(
      { id: 9, parent: 1, name: 'second', startUs: 20, status: { code: 2, message: 'boom' } },
      { id: 8, parent: 1, name: 'first b', startUs: 10 },
      { id: 7, parent: 1, name: 'first a', startUs: 10, status: { code: 2 } },
      { id: 6, parent: 7, name: 'leaf', startUs: 11, status: { code: 1 } },
      { id: 1, name: 'job', startUs: 0 },
      { id: 5, trace: 2, parent: 4, name: 'elsewhere', startUs: 30 },
    ),
  )
  const tree = ['job', '  first a ✗', '    leaf', '  first b', '  second ✗ boom', 'elsewhere'].join('\n')
  assert.equal(spanTree(exporter.spans), tree)
})

test('spanTree of nothing is empty', () => assert.equal(spanTree([]), ''))
