import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, before, describe, test } from 'node:test'
import { STATE_NAME } from '../../src/shared-state.ts'
import type { Stats } from '../../src/types/tracing.ts'
import { VERSION } from '../../src/version.ts'
import { type ChildResult, runChild } from '../support/child.ts'
import { type CollectedSpan, type Collector, startCollector } from '../support/collector.ts'
import { createProgram, type InstalledProgram } from '../support/installed.ts'
import { assertBalanced } from '../support/ledger.ts'

const OTHER_VERSION = '99.7.3'
const PROGRAM = readFileSync(new URL('programs/two-copies.mjs', import.meta.url), 'utf8')
const LIBRARY = "export * as tracing from 'blueprint-tracing'"
const TESTED = `
import { traceJob } from 'blueprint-tracing'
import { assertNoOpenSpans, withTestTracing } from 'blueprint-tracing/testing'
import { tracing as library } from 'library'
withTestTracing(tracing => {
  traceJob('outer', () => library.getTracing().tracer.span('library', () => {}))
  assertNoOpenSpans()
  process.stdout.write(tracing.tree())
})
`
const SPANS = ['given parent', 'inner', 'job:innermost', 'job:outer', 'library', 'open']

let collector: Collector
before(async () => {
  collector = await startCollector()
})
after(() => collector.stop())

describe('two copies of the package in one process (after a build)', () => {
  let program: InstalledProgram
  let main: URL
  let places: string[]
  before(() => {
    program = createProgram()
    const own = program.install()
    program.installLibrary('library', LIBRARY)
    const library = program.install('node_modules/library', { [`"${VERSION}"`]: `"${OTHER_VERSION}"` })
    places = [`${VERSION} from ${own}/dist/`, `${OTHER_VERSION} from ${library}/dist/`]
    main = program.write('main.mjs', PROGRAM)
  })
  after(() => program.remove())

  const ends: [how: string, code: number | null, signal: NodeJS.Signals | null, extra: string[]][] = [
    ['naturally', 0, null, []],
    ['exit', 3, null, []],
    ['SIGTERM', null, 'SIGTERM', []],
    ['replaced', 0, null, ['before']],
  ]
  for (const [how, code, signal, extra] of ends) {
    test(`ends ${how}: one trace, one handler of each kind, every span at the collector, and one line`, async () => {
      const child = await runProgram(main, how)
      assert.deepEqual([child.code, child.signal], [code, signal], child.stderr)
      const { report, stats } = reported(child)
      // Two listeners for 'exit': one that goes first and one that goes last.
      assert.deepEqual(report, { distinct: true, sameCurrent: true, differences: [1, 1, 1, 2] })
      assert.equal(stats === undefined, signal !== null)
      if (stats !== undefined) {
        assertBalanced(stats)
        assert.deepEqual([stats.ended, stats.exporters.otlp?.acked], [SPANS.length, SPANS.length])
      }
      const spans = await collector.spans(how)
      assert.deepEqual(spans.map(span => span.name).sort(), [...SPANS, ...extra].sort())
      assertOneTrace(spans)
      const lines = child.stderr.split('\n').filter(line => line.includes('copies'))
      assert.equal(lines.length, 1, child.stderr)
      for (const place of places) assert.ok(lines[0]?.includes(place), lines[0])
    })
  }

  test('a test that the program’s copy runs records what the library’s copy traces', async () => {
    const { code, stdout, stderr } = await runChild(program.write('tested.mjs', TESTED), { env: {} })
    assert.deepEqual([code, stdout], [0, 'job:outer\n  library'], stderr)
  })

  test('says nothing of a second copy that is not there', async () => {
    const single = createProgram()
    single.install()
    single.installLibrary('library', LIBRARY)
    const child = await runProgram(single.write('main.mjs', PROGRAM), 'naturally')
    single.remove()
    assert.equal(reported(child).report.distinct, false)
    assert.doesNotMatch(child.stderr, /copies/)
  })
})

test('a copy with another version of the state keeps its own, and that is said once (after a build)', async () => {
  const program = createProgram()
  program.install()
  program.installLibrary('library', LIBRARY)
  program.install('node_modules/library', { [STATE_NAME]: 'blueprint-tracing/1000' })
  const child = await runProgram(program.write('main.mjs', PROGRAM), 'strangers')
  program.remove()
  assert.equal(child.code, 0, child.stderr)
  const { report, stats } = reported(child)
  assert.equal(report.sameCurrent, false)
  assertBalanced(stats!)
  assert.equal(stats?.exporters.otlp?.acked, 4)
  const spans = await collector.spans('strangers')
  const traces = new Map(spans.map(span => [span.name, span.traceId]))
  assert.equal(traces.get('inner'), traces.get('job:outer'))
  assert.equal(traces.get('library'), traces.get('job:innermost'))
  assert.notEqual(traces.get('library'), traces.get('job:outer'))
  assert.equal(child.stderr.split('\n').filter(line => line.includes('cannot share')).length, 1, child.stderr)
})

function runProgram(main: URL, how: string): Promise<ChildResult> {
  return runChild(main, {
    args: [how],
    env: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_SERVICE_NAME: how },
  })
}

interface Report {
  readonly distinct: boolean
  /** The current span of one copy is that of the other. */
  readonly sameCurrent: boolean
  /** Handlers of SIGTERM, SIGINT, SIGHUP and exit that tracing has added. */
  readonly differences: readonly number[]
}

/** The counts are there only if the process has come to its 'exit' event. */
function reported({ stdout }: ChildResult): { report: Report; stats: Stats | undefined } {
  const [report, stats] = stdout.split('\n')
  return { report: JSON.parse(report!), stats: stats === undefined ? undefined : JSON.parse(stats) }
}

/** outer → library → inner → innermost, and a child of outer by its `parent` option. */
function assertOneTrace(spans: readonly CollectedSpan[]): void {
  const byName = new Map(spans.map(span => [span.name, span]))
  const parents = { 'job:innermost': 'inner', inner: 'library', library: 'job:outer', 'given parent': 'job:outer' }
  for (const [child, parent] of Object.entries(parents)) {
    assert.equal(byName.get(child)?.parentSpanId, byName.get(parent)?.spanId, `${parent} → ${child}`)
    assert.equal(byName.get(child)?.traceId, byName.get('job:outer')?.traceId)
  }
}
