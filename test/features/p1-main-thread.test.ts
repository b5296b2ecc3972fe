import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Stats } from '../../src/types/tracing.ts'
import { type ChildResult, runChild } from '../support/child.ts'
import { type Collector, startCollector } from '../support/collector.ts'
import { assertBalanced } from '../support/ledger.ts'

/** Node's permission model, under which a program starts no workers unless it is allowed to. */
const PERMISSIONS = process.allowedNodeEnvironmentFlags.has('--permission')
  ? ['--permission', '--allow-fs-read=*', '--allow-net'].filter(flag => isKnown(flag))
  : ['--experimental-permission', '--allow-fs-read=*']

const causes = [
  {
    cause: 'workers are refused',
    execArgv: PERMISSIONS,
    options: {},
    said: /no export thread can be started .* process\.exit\(\) and a throw cannot be waited for/g,
  },
  {
    cause: 'exportThread is main',
    execArgv: [],
    options: { exportThread: 'main' },
    said: /exporting on the main thread, as asked for; process\.exit\(\) and a throw cannot be waited for/g,
  },
]
const delivering = ['natural end', 'exitCode', 'more spans in beforeExit', 'SIGTERM']
const losing = ['process.exit(3)', 'throw', 'rejection']

let collector: Collector
before(async () => {
  collector = await startCollector({ delayMs: 50 })
})
after(() => collector.stop())

for (const { cause, execArgv, options, said } of causes) {
  async function end(way: string, temperature: string, off?: object): Promise<ChildResult & { service: string }> {
    const service = `${cause}, ${way}, ${temperature}`
    const result = await runChild(new URL('programs/ends.mjs', import.meta.url), {
      args: [way, temperature],
      execArgv,
      env: {
        OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
        OTEL_SERVICE_NAME: service,
        TRACING_OPTIONS: JSON.stringify(options),
        ...off,
      },
    })
    return { ...result, service }
  }

  async function assertSameEnd(traced: ChildResult, way: string, temperature: string): Promise<void> {
    const { code, signal } = await end(way, temperature, { OTEL_SDK_DISABLED: 'true' })
    assert.deepEqual([traced.code, traced.signal], [code, signal])
    assert.equal(traced.stderr.match(said)?.length, 1, 'said once')
  }

  for (const temperature of ['cold', 'warm']) {
    for (const way of delivering) {
      test(`P1: where ${cause}, spans survive ${way}, ${temperature}`, async () => {
        const traced = await end(way, temperature)
        await assertSameEnd(traced, way, temperature)
        const { names, acknowledged } = await collector.received(traced.service)
        assert.equal(names.work, way.startsWith('more') ? 1010 : 1000)
        if (traced.signal === null) assert.equal(statsOf(traced).exporters.otlp?.acked, acknowledged)
      })
    }

    for (const way of losing) {
      test(`P1: where ${cause}, spans that do not survive ${way}, ${temperature}, are counted and said`, async () => {
        const traced = await end(way, temperature)
        await assertSameEnd(traced, way, temperature)
        const { acked, dropped } = statsOf(traced).exporters.otlp!
        assert.equal(dropped.exit_timeout, 1000)
        assert.equal(acked, await collector.count(traced.service))
        assert.equal(traced.stderr.match(/spans did not arrive at otlp: exit_timeout 1000/g)?.length, 1)
      })
    }
  }
}

function statsOf({ stdout }: ChildResult): Stats {
  const stats = JSON.parse(stdout) as Stats
  assertBalanced(stats)
  return stats
}

function isKnown(flag: string): boolean {
  return process.allowedNodeEnvironmentFlags.has(flag.split('=')[0]!)
}
