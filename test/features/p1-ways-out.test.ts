import assert from 'node:assert/strict'
import { after, before, describe, type TestContext, test } from 'node:test'
import type { Stats } from '../../src/types/tracing.ts'
import { type ChildResult, runChild } from '../support/child.ts'
import { type Collector, startCollector } from '../support/collector.ts'
import { assertBalanced } from '../support/ledger.ts'

const RUNS = Number(process.env.EXIT_RUNS ?? (process.env.CI === undefined ? 3 : 20))
/** Of the ways that differ from the others in detail only. */
const FEWER_RUNS = Math.min(RUNS, 5)
/** The first run of each way counts what it covers: that takes a process longer than its spans do. */
const UNCOVERED = { NODE_V8_COVERAGE: undefined }
const SPANS = 1000

const ways = [
  'natural end',
  'process.exit(0)',
  'process.exit(3)',
  'exitCode',
  'throw',
  'rejection',
  'SIGTERM',
  'SIGINT',
  'SIGHUP',
]
const variants = [
  'throw in a job',
  'rejection of a job',
  'throw in a timer',
  'unsettled top-level await',
  'process.exit in a timer',
  'process.exit in a microtask',
  'process.exit in beforeExit',
  'process.exit in an exit listener',
  'process.exit in an exit listener that was there first',
]

/** Two at a time: the machine's other processors are idle while one child waits for the collector. */
describe('P1: nothing that ended is lost on the way out', { concurrency: 2 }, () => {
  let collector: Collector
  before(async () => {
    collector = await startCollector({ delayMs: 50 })
  })
  after(() => collector.stop())

  for (const way of [...ways, ...variants]) {
    const runs = ways.includes(way) ? RUNS : FEWER_RUNS
    for (const temperature of ['cold', 'warm']) {
      test(`${way}, ${temperature}: ${SPANS} of ${SPANS} in each of ${runs} runs`, t =>
        check(t, way, temperature, runs))
    }
  }

  async function check(t: TestContext, way: string, temperature: string, runs: number): Promise<void> {
    const untraced = await end(way, temperature, { OTEL_SDK_DISABLED: 'true', ...UNCOVERED })
    let received = 0
    for (let run = 1; run <= runs; run++) {
      const service = `${way}, ${temperature}, run ${run}`
      const env = { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_SERVICE_NAME: service }
      const traced = await end(way, temperature, { ...env, ...(run > 1 && UNCOVERED) })
      received += await checkRun(service, way, traced, untraced)
    }
    t.diagnostic(`${way}, ${temperature}: ${runs} runs, ${received} of ${runs * SPANS} spans`)
  }

  /** Returns how many of the spans have arrived. */
  async function checkRun(service: string, way: string, traced: ChildResult, untraced: ChildResult): Promise<number> {
    const { names, spans, distinct, acknowledged } = await collector.received(service)
    assert.equal(names.work, SPANS, `${service}: ${traced.stderr}`)
    assert.equal(distinct, spans, 'no span has arrived twice')
    assert.deepEqual(manners(traced, way), manners(untraced, way), service)
    // A signal's default effect leaves no listener the time to print.
    if (traced.signal === null) {
      const stats = JSON.parse(traced.stdout) as Stats
      assertBalanced(stats)
      assert.equal(stats.exporters.otlp?.acked, acknowledged)
    }
    return names.work
  }
})

function end(way: string, temperature: string, env: Record<string, string | undefined>): Promise<ChildResult> {
  return runChild(new URL('programs/ends.mjs', import.meta.url), { args: [way, temperature], env })
}

/** How a process ended: its status, and what it said less our lines and frames. */
function manners({ code, signal, stderr }: ChildResult, way: string): object {
  const isOurs = (line: string): boolean => OURS.some(pattern => pattern.test(line))
  const said = stderr.split('\n').filter(line => !isOurs(line))
  return { code, signal, said: THROUGH_A_SPAN.includes(way) ? said.slice(said.indexOf('')) : said }
}

const OURS = [/^blueprint-tracing:/, /^ +at .*\/dist\//, /^ +at AsyncLocalStorage\.run /]

/** Above the first empty line Node shows where an error was last thrown: in our code, if it came through a span. */
const THROUGH_A_SPAN = ['throw in a job', 'rejection of a job']
