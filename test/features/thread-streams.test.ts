import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import type { Stats } from '../../src/types/tracing.ts'
import { type ChildResult, runChild } from '../support/child.ts'
import { assertBalanced } from '../support/ledger.ts'

const program = new URL('programs/thread-streams.mjs', import.meta.url)
const talking = fileURLToPath(new URL('programs/talking-exporter.mjs', import.meta.url))
/** Nothing listens there. */
const unreachable = { kind: 'otlp', url: 'https://127.0.0.1:9/v1/traces' }

interface Report {
  readonly loadedNet: boolean
  readonly stats: Stats
}

interface Run extends ChildResult, Report {
  /** What stdout holds before the report. */
  readonly written: string
}

async function run(options: object, env: Readonly<Record<string, string>> = {}): Promise<Run> {
  const args = [JSON.stringify({ exitTimeoutMs: 100, retry: { maxElapsedMs: 0 }, ...options })]
  const result = await runChild(program, { args, env, timeoutMs: 10_000 })
  assert.equal(result.code, 0, result.stderr)
  const [report] = /^\{.*\}$/m.exec(result.stdout)!
  const { loadedNet, stats } = JSON.parse(report) as Report
  assertBalanced(stats)
  return { ...result, loadedNet, stats, written: result.stdout.replace(report, '').trim() }
}

describe('the streams of the export thread', () => {
  test('do not touch those of the program, which are pipes here and would cost it node:net', async () => {
    assert.equal((await run({ exporters: unreachable, logger: false })).loadedNet, false)
  })

  test('a warning of Node.js on that thread is logged, and holds nothing', async () => {
    const { stderr } = await run({ exporters: unreachable }, { NODE_TLS_REJECT_UNAUTHORIZED: '0' })
    assert.match(stderr, /^blueprint-tracing: Warning: Setting the NODE_TLS_REJECT_UNAUTHORIZED/m)
  })

  test('a program without warnings gets none from that thread', async () => {
    const { stderr } = await run(
      { exporters: unreachable },
      { NODE_TLS_REJECT_UNAUTHORIZED: '0', NODE_NO_WARNINGS: '1' },
    )
    assert.doesNotMatch(stderr, /NODE_TLS_REJECT_UNAUTHORIZED/)
  })

  test('what NODE_DEBUG has that thread write comes out of the program', async () => {
    const { stderr } = await run({ exporters: unreachable }, { NODE_DEBUG: 'https,http' })
    assert.match(stderr, /^HTTP \d+: /m)
  })

  test('what a module writes there comes out of the program', async () => {
    const { written, stderr, stats } = await run({ exporters: { kind: 'module', url: talking }, logger: false })
    assert.deepEqual([written, stderr], ['out: 1', 'err: 1\n'])
    assert.equal(stats.exporters.module!.acked, 1)
  })
})
