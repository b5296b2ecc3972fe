import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { runContest } from './contest.ts'
import { standing } from './standing.ts'

/** These need the rivals, which npm test does not install: .ci/run runs them after the bench. */
test('BENCH_SLOWDOWN=8 makes the gate fail and name the row', () => {
  const args = ['--import', 'tsx', join(import.meta.dirname, 'run.ts'), 'span', '--quick', '--gate', '--rounds', '7']
  const env = { ...process.env, BENCH_SLOWDOWN: '8' }
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { env, encoding: 'utf8' })
  assert.equal(status, 1, stdout + stderr)
  assert.match(stdout, /^MISSED span-active \/ opentelemetry is /m)
})

/** Side by side, since no time is measured here. */
describe('spans are counted', { concurrency: true }, () => {
  test('a contender that loses spans is invalid, in no ratio, and fails a contest that accepts no loss', async () => {
    const contenders = ['blueprint', 'opentelemetry (defaults)']
    const burst = { contenders, kind: 'plain', spansPerRound: 5_000, spansPerBurst: 5_000, warmUpRounds: 0, rounds: 1 }
    const costs = await runContest({ ...burst, acceptsLoss: true })
    const { rows, ratios } = standing('burst', costs, ({ callerNs }) => callerNs)
    assert.equal(rows[0]!.invalid, undefined)
    assert.match(rows[1]!.invalid!, /^the sink lacks \d+ of its 5000 spans$/)
    assert.deepEqual(ratios, [])
    await assert.rejects(
      runContest(burst),
      /^Error: invalid: the sink has \d+ of 5000 spans of opentelemetry \(defaults\)$/,
    )
  })

  test('every contender delivers the spans of all its rounds', async () => {
    const contenders = ['blueprint', 'opentelemetry', 'opentelemetry (defaults)', 'dd-trace', 'jaeger-client', 'sentry']
    for (const kind of ['plain-0', 'plain-10', 'active', 'child']) {
      const costs = await runContest({ contenders, kind, spansPerRound: 2_500, warmUpRounds: 0, rounds: 1 })
      const ran = Object.entries(costs).filter(([, rounds]) => rounds.length === 1)
      const expected = kind === 'active' ? contenders.filter(name => name !== 'jaeger-client') : contenders
      assert.deepEqual(
        ran.map(([name]) => name),
        expected,
        kind,
      )
    }
  })
})
