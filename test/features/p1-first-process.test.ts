import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { after, before, describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import type { Stats } from '../../src/types/tracing.ts'
import { type Collector, startCollector } from '../support/collector.ts'
import { assertBalanced } from '../support/ledger.ts'

const program = fileURLToPath(new URL('programs/first-process.mjs', import.meta.url))

/** Who is not root may have a namespace of processes in one of users. */
const namespaces = process.getuid!() === 0 ? ['--pid'] : ['--user', '--map-root-user', '--pid']

/** Runs it as process 1 of a namespace of its own, as a container does. */
function asFirstProcess(args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const { PATH, HOME } = process.env
  return spawnSync('unshare', ['--fork', ...namespaces, ...args], {
    env: { PATH, HOME, ...env },
    encoding: 'utf8',
    timeout: 30_000,
  })
}

const isPossible = asFirstProcess(['true']).status === 0

describe('P1: the first process of a container', () => {
  let collector: Collector
  before(async () => {
    collector = await startCollector()
  })
  after(() => collector.stop())

  test('a signal that the kernel spares it does not end its tracing', {
    skip: isPossible ? false : 'there may be no namespace of processes here',
  }, async () => {
    const { status, stdout, stderr } = asFirstProcess([process.execPath, program], {
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    })
    assert.equal(status, 0, stderr)
    const { first, stats } = JSON.parse(stdout) as { first: boolean; stats: Stats }
    assert.equal(first, true)
    assertBalanced(stats)
    const { names } = await collector.received()
    assert.deepEqual(names, { before: 1, after: 1 })
    assert.equal(stats.exporters.otlp?.acked, 2)
  })
})
