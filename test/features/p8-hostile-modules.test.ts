import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { ExporterStats, Stats } from '../../src/types/tracing.ts'
import { type ChildResult, runChild } from '../support/child.ts'
import { type Collector, startCollector } from '../support/collector.ts'
import { assertBalanced } from '../support/ledger.ts'

const SPANS = 1000
const program = (name: string): URL => new URL(`programs/${name}`, import.meta.url)

let collector: Collector
before(async () => {
  collector = await startCollector()
})
after(() => collector.stop())

/** A module whose export function has this body. */
function exporting(body: string): string {
  return `export default () => ({ name: 'hostile', async export(batch) { ${body} } })`
}

describe('P8: a module exporter that fails leaves the program and the other exporters alone', {
  concurrency: 2,
}, () => {
  const rows: [what: string, source: string, lost: 'rejected' | 'retries_spent', said: RegExp][] = [
    ['throws when imported', 'throw new Error("boom")', 'rejected', /lost: cannot be set up: a data: URL: boom/g],
    [
      'is not there',
      '',
      'rejected',
      /lost: cannot be set up: \/no\/such\.mjs: there is no such file; a relative path/g,
    ],
    [
      'never comes to an end of its import',
      'await new Promise(() => {})',
      'rejected',
      /lost: cannot be set up: a data: URL: it was not set up within 300 ms/g,
    ],
    ['makes no exporter', 'export default () => 5', 'rejected', /lost: cannot be set up: a data: URL: what it makes/g],
    ['throws when it exports', exporting('throw new Error("no")'), 'retries_spent', /module: no; spans are kept/g],
    ['answers nothing', exporting(''), 'rejected', /spans lost: its answer is no ExportResult/g],
  ]
  for (const [what, source, lost, said] of rows) {
    test(`one that ${what}: every span is counted and its reason said once`, async () => {
      const result = await run('flush.mjs', what, [String(SPANS)], source)
      assert.deepEqual([result.code, await collector.count(what)], [0, SPANS])
      const { module, otlp } = exportersOf(result)
      assert.equal(otlp!.acked, SPANS)
      assert.equal(lost === 'rejected' ? module!.rejected : module!.dropped[lost], SPANS)
      assert.equal(result.stderr.match(said)?.length, 1, result.stderr)
    })
  }
})

describe('P8: a module exporter that takes the export thread along does not take the program', {
  concurrency: 2,
}, () => {
  const deeds: [what: string, source: string][] = [
    ['calls process.exit when imported', 'process.exit(7)'],
    ['calls process.exit when it exports', exporting('process.exit(7)')],
    ['leaves a rejection unhandled', exporting('void Promise.reject(new Error("loose")); await new Promise(() => {})')],
    ['never returns from its import', 'for (;;);'],
    ['never returns from export', exporting('for (;;);')],
  ]
  for (const [what, source] of deeds) {
    test(`one that ${what}, at process.exit`, async () => {
      const service = `${what}, at exit`
      const result = await run('ends.mjs', service, ['process.exit(3)', 'cold'], source)
      assert.deepEqual([result.code, result.signal], [3, null])
      await assertAccounted(service, result)
    })
  }

  for (const [what, source] of deeds.slice(0, 3)) {
    test(`one that ${what}, in a flush: it is not run again, and OTLP goes on from the main thread`, async () => {
      const service = `${what}, in a flush`
      const result = await run('flush.mjs', service, [String(SPANS)], source)
      assert.deepEqual([result.code, result.signal], [0, null])
      await assertAccounted(service, result)
      assert.equal(result.stderr.match(/the export thread died \(/g)?.length, 1, result.stderr)
    })
  }
})

/** What the thread held when it died is lost, the rest has arrived; nothing of it through the module. */
async function assertAccounted(service: string, result: ChildResult): Promise<void> {
  const { module, otlp } = exportersOf(result)
  assert.equal(otlp!.acked + otlp!.dropped.worker_lost, SPANS, result.stderr)
  assert.ok((await collector.count(service)) >= otlp!.acked)
  assert.equal(module!.rejected + module!.dropped.worker_lost, SPANS, result.stderr)
}

function run(name: string, service: string, args: readonly string[], source: string): Promise<ChildResult> {
  const url = source === '' ? '/no/such.mjs' : `data:text/javascript,${encodeURIComponent(source)}`
  return runChild(program(name), {
    args,
    env: {
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      OTEL_SERVICE_NAME: service,
      TRACING_OPTIONS: JSON.stringify({
        exporters: [
          { kind: 'module', url },
          { kind: 'otlp', timeoutMs: 30_000 },
        ],
        exportTimeoutMs: name === 'flush.mjs' ? 300 : 10_000,
        exitTimeoutMs: 20_000,
        retry: { maxElapsedMs: 1, initialDelayMs: 1, maxDelayMs: 1 },
      }),
    },
  })
}

function exportersOf({ stdout }: ChildResult): Record<string, ExporterStats> {
  const stats = JSON.parse(stdout) as Stats
  assertBalanced(stats)
  return stats.exporters
}
