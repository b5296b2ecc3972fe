/** Exports `count` batches of one to three spans to a file, all of trace `trace`. Prints the outcomes that were not 'acked'. */
import { createFileExporter } from '../../src/exporters/file.ts'
import { sketchBatch } from './batch.ts'

const [path, trace, count] = process.argv.slice(2)
const exporter = createFileExporter({ kind: 'file', path: path!, maxBytes: Number.MAX_SAFE_INTEGER })
const { signal } = new AbortController()
const attributes = [{ key: 'text', value: { stringValue: 'x'.repeat(3000) } }]
for (let id = 1, batch = 0; batch < Number(count); batch++) {
  const sketches = Array.from({ length: 1 + (batch % 3) }, () => ({ id: id++, trace: Number(trace), attributes }))
  const result = await exporter.export(sketchBatch(...sketches), signal)
  if (result.outcome !== 'acked') console.log(JSON.stringify(result))
}
await exporter.close?.()
