import assert from 'node:assert/strict'
import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Readable, Writable } from 'node:stream'
import { text } from 'node:stream/consumers'
import test from 'node:test'
import { fileURLToPath } from 'node:url'

const script = fileURLToPath(new URL('../support/child-stderr-writer.ts', import.meta.url))

function startWriter(lineCount: number, lineLength: number): ChildProcessByStdio<Writable, Readable, Readable> {
  return spawn(process.execPath, ['--import', 'tsx', script, String(lineCount), String(lineLength)], { stdio: 'pipe' })
}

interface Outcome {
  readonly lost: number
  readonly elapsedMs: number
}

async function outcomeOf(child: { readonly stdout: Readable }): Promise<Outcome> {
  return JSON.parse(await text(child.stdout))
}

test('every line arrives at a reader that reads', async () => {
  const child = startWriter(1000, 80)
  child.stdin.end()
  const [{ lost }, received] = await Promise.all([outcomeOf(child), text(child.stderr)])
  assert.equal(lost, 0)
  assert.deepEqual(
    received.split('\n').map(line => Number.parseInt(line, 10)),
    [...Array(1000).keys(), Number.NaN],
  )
})

for (const lineLength of [100, 10_000]) {
  test(`a reader that does not read costs a bounded wait, and lines of ${lineLength} bytes are counted`, async () => {
    const child = startWriter(2_000_000 / lineLength, lineLength)
    child.stdin.end()
    const { lost, elapsedMs } = await outcomeOf(child)
    const received = (await text(child.stderr)).split('\n')
    assert.ok(lost > 0)
    assert.ok(elapsedMs >= 100 && elapsedMs < 2000, `${elapsedMs} ms`)
    const whole = received.slice(0, -1)
    assert.equal(whole.length + lost, 2_000_000 / lineLength)
    assert.ok(whole.every(line => line.length === lineLength - 1))
  })
}

test('a reader that is gone costs the lines and nothing else', async () => {
  const child = startWriter(1000, 80)
  child.stderr.destroy()
  child.stdin.end()
  const [{ lost }, [code, signal]] = await Promise.all([outcomeOf(child), once(child, 'exit')])
  assert.deepEqual([lost, code, signal], [1000, 0, null])
})
