import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Stats } from '../../src/types/tracing.ts'
import { type ChildResult, runChild } from '../support/child.ts'
import { type Collector, startCollector } from '../support/collector.ts'
import { assertBalanced } from '../support/ledger.ts'

interface Cause {
  readonly cause: string
  readonly execArgv: readonly string[]
  readonly options: object
  readonly said: RegExp
}

/** Under Node's permission model a program starts no workers unless it is allowed to. */
const PERMISSIONS = ['--permission', '--allow-net'].filter(flag => process.allowedNodeEnvironmentFlags.has(flag))

const causes: Cause[] = [
  {
    cause: 'workers are refused',
    execArgv: [...(PERMISSIONS.length > 0 ? PERMISSIONS : ['--experimental-permission']), '--allow-fs-read=*'],
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

for (const cause of causes) {
  for (const temperature of ['cold', 'warm']) {
    for (const way of delivering) {
      const service = `where ${cause.cause}, spans survive ${way}, ${temperature}`
      test(`P1: ${service}`, async () => {
        const traced = await checkEnd(service, cause, way, temperature)
        const { names, acknowledged } = await collector.received(service)
        assert.equal(names.work, way === 'more spans in beforeExit' ? 1010 : 1000)
        if (traced.signal === null) assert.equal(statsOf(traced).exporters.otlp?.acked, acknowledged)
      })
    }

    for (const way of losing) {
      const service = `where ${cause.cause}, spans that do not survive ${way}, ${temperature}, are counted and said`
      test(`P1: ${service}`, async () => {
        const traced = await checkEnd(service, cause, way, temperature)
        const { acked, dropped } = statsOf(traced).exporters.otlp!
        assert.equal(dropped.exit_timeout, 1000)
        assert.equal(acked, await collector.count(service))
        assert.equal(traced.stderr.match(/spans did not arrive at otlp: exit_timeout 1000/g)?.length, 1)
      })
    }
  }
}

/** Ends a program with and without tracing, and returns how it went with it. */
async function checkEnd(
  service: string,
  { execArgv, options, said }: Cause,
  way: string,
  temperature: string,
): Promise<ChildResult> {
  const end = (env: Record<string, string>): Promise<ChildResult> =>
    runChild(new URL('programs/ends.mjs', import.meta.url), { args: [way, temperature], execArgv, env })
  const untraced = await end({ OTEL_SDK_DISABLED: 'true' })
  const traced = await end({
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    OTEL_SERVICE_NAME: service,
    TRACING_OPTIONS: JSON.stringify(options),
  })
  assert.deepEqual([traced.code, traced.signal], [untraced.code, untraced.signal])
  assert.equal(traced.stderr.match(said)?.length, 1, 'said once')
  return traced
}

function statsOf({ stdout }: ChildResult): Stats {
  const stats = JSON.parse(stdout) as Stats
  assertBalanced(stats)
  return stats
}
