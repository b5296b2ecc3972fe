import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Stats } from '../../src/types/tracing.ts'
import { type ChildResult, runChild } from '../support/child.ts'
import { type CollectedSpan, type Collector, startCollector } from '../support/collector.ts'
import { assertBalanced } from '../support/ledger.ts'

const ERROR = 2

let collector: Collector
before(async () => {
  collector = await startCollector()
})
after(() => collector.stop())

const ways = [
  { way: 'process.exit(3)', error: undefined },
  { way: 'natural end', error: undefined },
  { way: 'SIGTERM', error: undefined },
  { way: 'throw in a timer', error: 'thrown in a timer' },
  { way: 'rejection', error: 'rejected' },
]

for (const { way, error } of ways) {
  test(`P11: ${way} inside two nested jobs: their spans arrive, marked${error ? ' with the error' : ''}`, async () => {
    const traced = await end(way, { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_SERVICE_NAME: way })
    const untraced = await end(way, { OTEL_SDK_DISABLED: 'true' })
    assert.deepEqual([traced.code, traced.signal], [untraced.code, untraced.signal])
    if (traced.signal === null) assertBalanced(JSON.parse(traced.stdout) as Stats)
    const spans = await collector.spans(way)
    assert.equal(spans.length, 3)
    const [outer, inner, through] = ['job:outer', 'job:inner', 'through'].map(
      name => spans.find(span => span.name === name)!,
    )
    assert.deepEqual([outer!.parentSpanId, inner!.parentSpanId], ['', outer!.spanId])
    assert.equal(through!.parentSpanId, inner!.spanId)
    assert.deepEqual(through!.status, { code: 0, message: '' })
    assert.equal(outer!.attributes['scene.id'], 'scene_bunny')
    for (const open of [outer!, inner!]) assertMarked(open, error)
  })
}

test('P11: of 12,000 open spans at exit 10,000 are closed and the others are counted as open', async () => {
  const service = 'many open'
  const env = { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_SERVICE_NAME: service, MORE_OPEN: '11998' }
  const { stdout } = await end('process.exit(3)', env)
  const stats = JSON.parse(stdout) as Stats
  assertBalanced(stats)
  assert.deepEqual([stats.open, stats.ended], [2_000, 10_001])
  assert.equal(await collector.count(service), 10_001)
})

function end(way: string, env: Record<string, string>): Promise<ChildResult> {
  return runChild(new URL('programs/open-spans.mjs', import.meta.url), { args: [way], env })
}

function assertMarked({ name, status, attributes, events }: CollectedSpan, error: string | undefined): void {
  assert.deepEqual(status, { code: ERROR, message: 'process ended before the span did' }, name)
  assert.equal(attributes['span.unfinished'], true, name)
  const exceptions = events.map(({ name, attributes }) => [name, attributes['exception.message']])
  assert.deepEqual(exceptions, error === undefined ? [] : [['exception', error]], name)
}
