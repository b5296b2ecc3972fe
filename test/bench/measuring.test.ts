import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { recordedBatch } from '../../bench/encoders/recorded.ts'
import { startProgram } from '../../bench/program.ts'
import { startOtlpSink } from '../../bench/sinks/otlp.ts'
import { perRound, takeTurns } from '../../bench/turns.ts'

const BENCH = fileURLToPath(new URL('../../bench', import.meta.url))

test('subjects take turns, and the rounds of the warm-up are not kept', async () => {
  const order: string[] = []
  const results = await takeTurns(['a', 'b', 'c'], { rounds: 2, warmUpRounds: 1 }, subject => order.push(subject))
  assert.equal(order.join(' '), 'a b c a b c a b c')
  assert.deepEqual(results, { a: [4, 7], b: [5, 8], c: [6, 9] })
  assert.deepEqual(
    perRound(results.a, results.b, (a, b) => a / b),
    [4 / 5, 7 / 8],
  )
})

test('a program that ends instead of answering is an error that names it', async t => {
  const folder = mkdtempSync(join(tmpdir(), 'bench-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const file = join(folder, 'ends.mjs')
  writeFileSync(file, "process.on('message', () => process.exit(7)); process.send('ready')")
  const program = await startProgram(relative(BENCH, file), ['early'])
  t.after(() => program.close())
  assert.equal(program.ready, 'ready')
  await assert.rejects(program.ask({}), /ends\.mjs early ended with code 7/)
})

test('a contender of which the sink misses a span is invalid', async t => {
  const sink = await startOtlpSink()
  t.after(() => sink.close())
  const { count, request } = recordedBatch('repeated')
  for (let i = 0; i < 2; i++) {
    const { status } = await fetch(sink.url('contender'), {
      method: 'POST',
      body: request() as Uint8Array<ArrayBuffer>,
    })
    assert.equal(status, 200)
  }
  await sink.assertCount('contender', 2 * count)
  await assert.rejects(sink.assertCount('contender', 2 * count + 1), {
    message: `invalid: the sink has ${2 * count} of ${2 * count + 1} spans of contender`,
  })
  await assert.rejects(sink.assertCount('another', 1), /has 0 of 1 spans of another/)
})
