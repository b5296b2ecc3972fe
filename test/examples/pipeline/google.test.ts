import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'

const RUN = fileURLToPath(import.meta.resolve('../../../examples/pipeline/run.ts'))
const WITH_GOOGLE = fileURLToPath(import.meta.resolve('../../support/with-google.ts'))
const TSX = ['--import', import.meta.resolve('tsx')]

test('the demo, with GCP_PROJECT_ID: every span is in Cloud Trace, every key signs and every body is right', t => {
  const folder = mkdtempSync(join(tmpdir(), 'demo-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const { PATH, NODE_V8_COVERAGE } = process.env
  const { status, stdout, stderr } = spawnSync(process.execPath, [...TSX, WITH_GOOGLE, process.execPath, ...TSX, RUN], {
    cwd: folder,
    env: { PATH, NODE_V8_COVERAGE },
    encoding: 'utf8',
  })
  assert.equal(status, 0, stdout + stderr)
  assert.match(stderr, /exporting to file \S+traces\.jsonl and gcp_trace http:\S+\/v2\/projects\/demo, because/)
  const [, filed] = /^out\/traces\.jsonl holds (\d+) spans$/m.exec(stdout) ?? []
  const [, signed, bodies, spans, refused] =
    /^Google's stand-in: (\d+) signed token requests, (\d+) bodies, (\d+) spans, (\d+) refused$/m.exec(stdout) ?? []
  assert.ok(Number(filed) > 50, stdout)
  assert.deepEqual([spans, refused], [filed, '0'])
  // Each process of the demo is one that has to ask for a token of its own.
  assert.ok(Number(signed) >= 10 && Number(bodies) >= Number(signed), stdout)
})
