import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'

const script = fileURLToPath(new URL('../../scripts/test-interop.mjs', import.meta.url))

test('without Go the interop tests say what is missing and how to get it, and fail', () => {
  const { status, stderr } = spawnSync(process.execPath, [script], { env: { PATH: '' }, encoding: 'utf8' })
  assert.equal(status, 1)
  assert.match(stderr, /with Go 1\.\d+ or newer, and there is no command go: install it from https:\/\/go\.dev\/dl\//)
})
