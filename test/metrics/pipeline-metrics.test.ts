import assert from 'node:assert/strict'
import { afterEach, describe, test } from 'node:test'
import { getMetrics } from '../../src/metrics.ts'
import { withTestTracing } from '../../src/testing.ts'
import { traceJob } from '../../src/trace/trace-job.ts'
import type { MetricStats } from '../../src/types/metrics.ts'

const metrics = getMetrics()
afterEach(() => metrics.reset())

class JobExit extends Error {
  override readonly name = 'JobExit'
  readonly code: number
  constructor(code: number) {
    super(`exit ${code}`)
    this.code = code
  }
}

const IN_PROGRESS = 'scenes_in_progress{job="regen3d-job"}'
const DURATION = 'pipeline_duration_seconds{job="regen3d-job",scene_id="bunny"}'
const runs = (status: string): string => `pipeline_runs_total{job="regen3d-job",scene_id="bunny",status="${status}"}`
const errors = (type: string): string => `errors_total{error_type="${type}",job="regen3d-job",scene_id="bunny"}`

const track = <T>(fn: () => T): T => metrics.trackJob('regen3d-job', 'bunny', fn)

/** What the series say after one run. */
function assertOneRun(status: string, errorType?: string): void {
  const stats = metrics.getStats()
  const series = Object.keys(stats).filter(key => key.includes('{'))
  const expected = [DURATION, IN_PROGRESS, runs(status), ...(errorType === undefined ? [] : [errors(errorType)])]
  assert.deepEqual(series.sort(), expected.sort())
  assert.deepEqual([stats[runs(status)]?.sum, stats[DURATION]?.count, stats[IN_PROGRESS]?.sum], [1, 1, 0])
  assert.equal(stats[IN_PROGRESS]?.max, 1)
  if (errorType !== undefined) assert.equal(stats[errors(errorType)]?.sum, 1)
}

const inProgress = (): number | undefined => metrics.getStats()[IN_PROGRESS]?.sum

describe('trackJob', () => {
  test('of a function that returns: the value, and a success', () => {
    assert.equal(
      track(() => {
        assert.equal(inProgress(), 1)
        return 7
      }),
      7,
    )
    assertOneRun('success')
  })

  const thrown: [what: string, error: unknown, status: string, type?: string][] = [
    ['an error', new RangeError('r'), 'error', 'RangeError'],
    ['an error of a class of its own', new (class MeshError extends Error {})(), 'error', 'MeshError'],
    ['text', 'text', 'error', 'string'],
    ['undefined', undefined, 'error', 'undefined'],
    [
      'an object that cannot be read',
      new Proxy(
        {},
        {
          get: () => {
            throw new Error('trap')
          },
        },
      ),
      'error',
      'Error',
    ],
    [
      'a JobExit whose code cannot be read',
      {
        name: 'JobExit',
        get code(): number {
          throw new Error('trap')
        },
      },
      'error',
      'JobExit',
    ],
    ['a JobExit that asks for a code', new JobExit(3), 'failure', 'JobExit'],
    ['a JobExit without a fault', new JobExit(0), 'success'],
  ]
  for (const [what, error, status, type] of thrown) {
    test(`of a function that throws ${what}: the very same, and ${status}`, () => {
      let caught: unknown = 'nothing'
      try {
        track(() => {
          throw error
        })
      } catch (same) {
        caught = same
      }
      assert.ok(Object.is(caught, error))
      assertOneRun(status, type)
    })

    test(`of a promise that rejects with ${what}: the very same, and ${status}`, async () => {
      const promise = track(async () => {
        await undefined
        assert.equal(inProgress(), 1)
        throw error
      })
      assert.equal(inProgress(), 1)
      const settled = await promise.then(
        () => [],
        (same: unknown) => [same],
      )
      assert.ok(settled.length === 1 && Object.is(settled[0], error))
      assertOneRun(status, type)
    })
  }

  test('of a promise that resolves: in progress until then', async () => {
    const promise = track(async () => 7)
    assert.ok(promise instanceof Promise)
    assert.equal(inProgress(), 1)
    assert.equal(await promise, 7)
    assertOneRun('success')
  })

  test('of a thenable that is no native promise: untouched, its `then` never called, and the run ends at once', () => {
    // biome-ignore lint/suspicious/noThenProperty: an object that must not be awaited is what this is about
    const lazy = { then: () => assert.fail('a query was run') }
    assert.equal(
      track(() => lazy),
      lazy,
    )
    assertOneRun('success')
  })

  test('measures seconds', async () => {
    await track(() => new Promise(resolve => setTimeout(resolve, 30)))
    const { min, max } = metrics.getStats()[DURATION] as MetricStats
    assert.ok(min > 0.02 && max < 20, `${min}`)
  })

  test('counts runs at the same time up and down', async () => {
    const gates = [1, 2, 3].map(() => deferred())
    const all = gates.map(gate => track(() => gate.promise))
    assert.equal(inProgress(), 3)
    gates[1]!.resolve()
    await all[1]
    assert.equal(inProgress(), 2)
    for (const gate of gates) gate.resolve()
    await Promise.all(all)
    const { sum, count } = metrics.getStats()[IN_PROGRESS]!
    assert.deepEqual([sum, count], [0, 6])
  })

  test('of a run that goes on over a reset: it is in progress after it, and back at 0 in the end', async () => {
    const gate = deferred()
    const promise = track(() => gate.promise)
    metrics.reset()
    assert.equal(inProgress(), 1)
    gate.resolve()
    await promise
    assert.equal(inProgress(), 0)
    metrics.reset()
    assert.deepEqual(metrics.getStats(), {})
  })

  const outcomes: [what: string, fn: () => unknown][] = [
    ['returns', () => 7],
    [
      'throws',
      () => {
        throw new TypeError('t')
      },
    ],
    ['resolves', async () => 7],
    [
      'rejects',
      async () => {
        throw new TypeError('t')
      },
    ],
  ]
  for (const [what, fn] of outcomes) {
    test(`within traceJob and around it gives the same result and the same series, where the job ${what}`, async () => {
      const results: unknown[] = []
      const nestings = [
        () => traceJob('regen3d-job', { sceneId: 'bunny' }, () => track(fn)),
        () => track(() => traceJob('regen3d-job', { sceneId: 'bunny' }, fn)),
      ]
      for (const nesting of nestings) {
        await withTestTracing(async tracing => {
          const outcome = await (async () => nesting())().then(
            value => ({ value }),
            (error: Error) => ({ error: error.name }),
          )
          const { [DURATION]: duration, pipeline_duration_seconds: _all, ...others } = metrics.getStats()
          results.push({
            outcome,
            others,
            durations: duration?.count,
            tree: tracing.tree(),
            status: tracing.spans[0]?.status,
          })
        })
        metrics.reset()
      }
      assert.deepEqual(results[0], results[1])
    })
  }
})

describe('increment, observe and gauge', () => {
  test('are read by name over all labels, and by series', () => {
    metrics.increment('pages_total', { kind: 'a' })
    metrics.increment('pages_total', { kind: 'b' }, 2.5)
    metrics.observe('size_bytes', {}, 10)
    metrics.observe('size_bytes', {}, 30)
    metrics.gauge('open', {}, 5)
    metrics.gauge('open', {}, -2)
    const stats = metrics.getStats()
    assert.equal(stats.pages_total?.sum, 3.5)
    assert.equal(stats['pages_total{kind="b"}']?.sum, 2.5)
    assert.equal(stats['size_bytes{}']?.mean, 20)
    assert.deepEqual([stats.open?.sum, stats.open?.count], [3, 2])
    assert.deepEqual(Object.keys(stats.size_bytes!), ['count', 'sum', 'min', 'max', 'mean', 'p50', 'p95', 'p99'])
  })

  test('what is read does not change with what comes', () => {
    metrics.observe('size_bytes', {}, 10)
    const before = metrics.getStats()
    metrics.observe('size_bytes', {}, 30)
    assert.equal(before.size_bytes?.count, 1)
  })
})

function deferred(): { promise: Promise<void>; resolve: () => void } {
  let resolve = (): void => {}
  const promise = new Promise<void>(settle => {
    resolve = settle
  })
  return { promise, resolve }
}
