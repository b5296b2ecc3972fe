import assert from 'node:assert/strict'
import { test } from 'node:test'
import { runChild } from '../support/child.ts'

test('P2: a set-up that was replaced holds the process no longer than its exitTimeoutMs', async () => {
  const { code, stderr, durationMs } = await runChild(new URL('programs/replaced.mjs', import.meta.url), {
    args: ['http://127.0.0.1:1'],
  })
  assert.equal(code, 0)
  assert.match(stderr, /10 of 10 spans did not arrive at otlp: exit_timeout 10/)
  assert.ok(durationMs < 6_000, `${durationMs} ms`)
})
