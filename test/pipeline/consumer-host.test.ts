import assert from 'node:assert/strict'
import test from 'node:test'
import { startWorkerHost } from '../../src/pipeline/consumer-host.ts'
import type { ExportThreadData } from '../../src/pipeline/messages.ts'

const data = {} as ExportThreadData
const rest = { env: {}, stderrLevels: undefined, objects: new Map(), onMessage: () => {}, onDeath: () => {} }

for (const [url, message] of [
  [new URL('file:///no/such/export-worker.cjs'), /^\/no\/such\/export-worker\.cjs does not exist; a bundler/],
  [new URL('data:text/javascript,0'), /^text\/javascript,0 does not exist; a bundler/],
  [undefined, /^its file does not exist; a bundler/],
] as const) {
  test(`a worker whose file is ${url} is refused at once`, () => {
    assert.throws(() => startWorkerHost(data, { url, ...rest }), { message })
  })
}
