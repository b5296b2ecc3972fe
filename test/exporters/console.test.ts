import assert from 'node:assert/strict'
import test from 'node:test'
import { createConsoleExporter } from '../../src/exporters/console.ts'
import type { ConsoleExporterConfig } from '../../src/types/config.ts'
import type { ExportResult } from '../../src/types/exporter.ts'
import { type SpanSketch, sketchBatch } from '../support/batch.ts'

const { signal } = new AbortController()

async function show(
  config: Partial<ConsoleExporterConfig>,
  spans: readonly SpanSketch[],
  lost = 0,
): Promise<{ text: string; result: ExportResult }> {
  let text = ''
  const exporter = createConsoleExporter({ kind: 'console', format: 'tree', colors: false, ...config }, written => {
    text += written.join('')
    return lost
  })
  assert.equal(exporter.name, 'console')
  const result = await exporter.export(sketchBatch(...spans), signal)
  return { text, result }
}

test('format tree draws the batch', async () => {
  const { text, result } = await show({ format: 'tree' }, [{ id: 1 }, { id: 2, parent: 1 }])
  assert.match(text, /^trace 0+1\n.* span 1\n.* └─ span 2\n$/)
  assert.deepEqual(result, { outcome: 'sent' })
})

test('format tree takes the colours of the configuration', async () => {
  const { text } = await show({ colors: true }, [{ id: 1, status: { code: 2 } }])
  assert.match(text, /\x1b\[31m✗ span 1\x1b\[0m/)
})

test('format json prints one span a line', async () => {
  const attributes = [
    { key: 'big', value: { intValue: '9007199254740993' } },
    { key: 'nan', value: { doubleValue: Number.NaN } },
    { key: 'bytes', value: { bytesValue: Uint8Array.of(255) } },
    { key: 'empty', value: {} },
  ]
  const { text } = await show({ format: 'json' }, [
    { id: 1, attributes },
    { id: 2, parent: 1, name: 'a\n\x9b31m' },
  ])
  const [first, second, ...rest] = text.split('\n')
  assert.deepEqual(rest, [''])
  assert.deepEqual(JSON.parse(first!).attributes, { big: '9007199254740993', nan: 'NaN', bytes: '/w==', empty: null })
  assert.doesNotMatch(second!, /[\x00-\x1f\x7f-\x9f]/)
  const { name, parentSpanId, startTimeUnixNano } = JSON.parse(second!)
  assert.deepEqual([name, parentSpanId, startTimeUnixNano], ['a\n\x9b31m', '0000000000000001', '1700000000000002000'])
})

for (const format of ['tree', 'json'] as const) {
  test(`spans that could not be written are counted, format ${format}`, async () => {
    const { result } = await show({ format }, [{ id: 1 }, { id: 2, parent: 1 }, { id: 3, trace: 2 }], 2)
    assert.deepEqual(result, { outcome: 'acked', rejected: 2, message: 'stderr did not take 2 of 3 spans' })
  })
}
