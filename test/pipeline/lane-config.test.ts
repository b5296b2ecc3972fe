import assert from 'node:assert/strict'
import { test } from 'node:test'
import { handBackObjects, uniqueNames, withoutModules } from '../../src/pipeline/lane-config.ts'
import type { ExporterConfig } from '../../src/types/config.ts'

const console: ExporterConfig = { kind: 'console', format: 'tree', colors: false }
const custom: ExporterConfig = { kind: 'custom', exporter: { name: 'own', export: () => ({ outcome: 'sent' }) } }
const module: ExporterConfig = { kind: 'module', url: 'file:///a.mjs', options: undefined, timeoutMs: 1 }

test('names are kinds, and a second exporter of a kind is numbered', () => {
  assert.deepEqual(uniqueNames([console, custom, console, console]), ['console', 'custom', 'console#2', 'console#3'])
})

test('what goes to the export thread is plain data: an object stays behind, its name goes', () => {
  const lanes = handBackObjects([console, custom, module])
  assert.deepEqual(structuredClone(lanes), [console, { kind: 'handed_back', name: 'own' }, module])
})

test('after a death modules are not run again', () => {
  const [first, second, third] = withoutModules([console, custom, module])
  assert.deepEqual([first, second], [console, custom])
  assert.ok(third?.kind === 'unavailable' && third.reason.includes('export thread that died'))
})
