import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { pathToFileURL } from 'node:url'
import { resolveConfig } from '../../src/config.ts'
import type { ModuleExporterOptions } from '../../src/types/options.ts'

describe('a module exporter', () => {
  const here = (file: string): string => pathToFileURL(file).href
  const rows: [url: string | URL, resolved: string, shown: string][] = [
    ['exporter.mjs', here('exporter.mjs'), `module ${process.cwd()}/exporter.mjs`],
    ['./a b/50%#?.mjs', here('a b/50%#?.mjs'), `module ${process.cwd()}/a b/50%#?.mjs`],
    ['/abs/exporter.mjs', 'file:///abs/exporter.mjs', 'module /abs/exporter.mjs'],
    ['file:///abs/a.mjs?v=1', 'file:///abs/a.mjs?v=1', 'module /abs/a.mjs'],
    [new URL('file:///abs/a.mjs'), 'file:///abs/a.mjs', 'module /abs/a.mjs'],
    ['data:text/javascript,export', 'data:text/javascript,export', 'module data:…'],
  ]
  for (const [url, resolved, shown] of rows) {
    test(`${url} is ${shown}`, () => {
      const exporters: ModuleExporterOptions = { kind: 'module', url }
      const config = resolveConfig({ exporters, exportTimeoutMs: 77 }, {})
      assert.deepEqual(config.exporters, [{ kind: 'module', url: resolved, options: undefined, timeoutMs: 77 }])
      assert.equal(config.summary, `exporting to ${shown}, because the exporters option is given`)
    })
  }

  test('its options are a copy, and the whole of it is plain data', () => {
    const options = { list: [1, 'a'] }
    const { exporters } = resolveConfig({ exporters: { kind: 'module', url: '/a.mjs', options } }, {})
    options.list.push(2)
    const [exporter] = structuredClone(exporters)
    assert.ok(exporter?.kind === 'module')
    assert.deepEqual(exporter.options, { list: [1, 'a'] })
  })
})
