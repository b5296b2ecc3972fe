import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { pathToFileURL } from 'node:url'
import { createModuleExporter } from '../../src/exporters/module.ts'
import type { Exporter, JsonValue } from '../../src/types/exporter.ts'
import { sketchBatch } from '../support/batch.ts'
import { holdEventLoop } from '../support/event-loop.ts'

function load(url: string, options?: JsonValue, timeoutMs = 30_000): Promise<Exporter> {
  return createModuleExporter({ kind: 'module', url, options, timeoutMs })
}

function source(text: string): string {
  return `data:text/javascript,${encodeURIComponent(text)}`
}

test('the default export makes the exporter from the options, at once or later', async () => {
  for (const kind of ['', 'async ']) {
    const exporter = await load(
      source(
        `export default ${kind}options => ({ name: options.name, export: batch => ({ outcome: 'acked', message: String(batch.count) }) })`,
      ),
      { name: 'mine' },
    )
    assert.equal(exporter.name, 'mine')
    assert.deepEqual(exporter.export(sketchBatch({ id: 1 }), new AbortController().signal), {
      outcome: 'acked',
      message: '1',
    })
  }
})

describe('a module that makes no exporter is refused with a sentence:', () => {
  const missing = pathToFileURL('/no/such/exporter.mjs').href
  const unknown = new URL('../support/certificates/ca.pem', import.meta.url).href
  const rows: [url: string, message: RegExp][] = [
    [missing, /^\/no\/such\/exporter\.mjs: there is no such file; a relative path counts from the working directory/],
    [unknown, /ca\.pem: Unknown file extension "\.pem".*; it is loaded by Node itself, without the program's loaders$/],
    [source('import "file:///no/such/part.mjs"'), /^a data: URL: .*part\.mjs/],
    [source('export default 5 5'), /^a data: URL: (?:Unexpected|missing)/],
    [source('throw new Error("boom")'), /^a data: URL: boom$/],
    [source('throw null'), /^a data: URL: null$/],
    [source('export const create = 1'), /^a data: URL: its default export is no function that makes an exporter$/],
    [source('export default () => { throw new Error("no key") }'), /^a data: URL: no key$/],
    [source('export default () => {}'), /^a data: URL: what it makes has no name$/],
    [source('export default () => ({ name: "a" })'), /: what it makes has no function export\(batch, signal\)$/],
    [source('export default () => ({ name: "a", export() {}, close: 1 })'), /: what it makes has a close that is no/],
  ]
  for (const [url, message] of rows) {
    test(`${decodeURIComponent(url)}: ${message}`, async t => {
      holdEventLoop(t)
      await assert.rejects(load(url), { message })
    })
  }

  for (const text of ['await new Promise(() => {})', 'export default () => new Promise(() => {})']) {
    test(`${text}: it was not set up within 50 ms`, async t => {
      holdEventLoop(t)
      await assert.rejects(load(source(text), undefined, 50), {
        message: 'a data: URL: it was not set up within 50 ms',
      })
    })
  }
})
