import assert from 'node:assert/strict'
import { after, before, describe, type TestContext, test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import type { MonitoringConfig } from '../../src/config/metrics.ts'
import { MonitoringBackend } from '../../src/metrics/monitoring.ts'
import { MonitoringWriter } from '../../src/metrics/monitoring-writer.ts'
import { snapshotOf } from '../../src/metrics/snapshot.ts'
import { MetricStore } from '../../src/metrics/store.ts'
import { toTimeSeries } from '../../src/metrics/time-series.ts'
import { withTestTracing } from '../../src/testing.ts'
import { setNoticeLog } from '../../src/trace/notices.ts'
import { traceJob } from '../../src/trace/trace-job.ts'
import { type ChildResult, runChild } from '../support/child.ts'
import { answer, type CredentialType, type Fault, type Google, SECRETS, startGoogle } from '../support/google.ts'
import { googleConfig, temporaryFolder, writeCredentials } from '../support/google-files.ts'
import type { ReceivedRequest } from '../support/http-server.ts'
import { createProgram, type InstalledProgram } from '../support/installed.ts'

const said: string[] = []
setNoticeLog((_level, message) => said.push(message))

const PATH = '/v3/projects/demo/timeSeries'
const SCOPE = 'https://www.googleapis.com/auth/monitoring.write'

interface TimeSeries {
  readonly metric: { readonly type: string; readonly labels: Readonly<Record<string, string>> }
  readonly resource: { readonly type: string; readonly labels: Readonly<Record<string, string>> }
  readonly metricKind: 'GAUGE' | 'CUMULATIVE'
  readonly valueType: 'DOUBLE' | 'DISTRIBUTION'
  readonly unit?: string
  readonly points: readonly {
    readonly interval: { readonly startTime?: string; readonly endTime: string }
    readonly value: { readonly doubleValue?: number; readonly distributionValue?: Distribution }
  }[]
}

interface Distribution {
  readonly count: string
  readonly mean: number
  readonly sumOfSquaredDeviation: number
  readonly bucketOptions: { readonly explicitBuckets: { readonly bounds: readonly number[] } }
  readonly bucketCounts: readonly string[]
  readonly exemplars: readonly {
    readonly value: number
    readonly attachments: readonly { readonly spanName: string }[]
  }[]
}

/** The rules of projects.timeSeries.create that a program can break. */
class MonitoringApi {
  readonly taken: TimeSeries[] = []
  readonly requests: number[] = []
  private readonly lastEndMs = new Map<string, number>()
  private readonly google: Google

  constructor(google: Google) {
    this.google = google
    google.fail(
      PATH,
      (response, request) => {
        const problem = this.take(request)
        if (problem === undefined) answer(200, {})(response, request)
        else answer(400, { error: { code: 400, message: problem, status: 'INVALID_ARGUMENT' } })(response, request)
      },
      Number.POSITIVE_INFINITY,
    )
  }

  private take({ method, headers, body }: ReceivedRequest): string | undefined {
    const token = this.google.tokens.get(headers.authorization?.replace('Bearer ', '') ?? '')
    if (token?.scopes.includes(SCOPE) !== true && token?.by !== 'authorized_user') return 'no token for this scope'
    if (method !== 'POST' || headers['content-type'] !== 'application/json') return 'no JSON is posted'
    const { timeSeries } = JSON.parse(body.toString()) as { timeSeries: TimeSeries[] }
    if (timeSeries.length === 0 || timeSeries.length > 200) return `${timeSeries.length} time series`
    this.requests.push(timeSeries.length)
    for (const series of timeSeries) {
      const problem = this.problemOf(series)
      if (problem !== undefined) return problem
      this.taken.push(series)
    }
    return undefined
  }

  private problemOf(series: TimeSeries): string | undefined {
    const { metric, resource, metricKind, valueType, points } = series
    if (!/^custom\.googleapis\.com\/[\w/]{1,180}$/.test(metric.type)) return `type ${metric.type}`
    for (const [key, value] of Object.entries(metric.labels)) {
      if (!/^[a-zA-Z]\w{0,99}$/.test(key) || Buffer.byteLength(value) > 1_024) return `label ${key}`
    }
    if (Object.keys(metric.labels).length > 30 || points.length !== 1) return 'labels or points'
    const { interval, value } = points[0]!
    const { startTime, endTime } = interval
    if ((startTime === undefined) !== (metricKind === 'GAUGE')) return 'a gauge has no start, a sum has one'
    if (startTime !== undefined && Date.parse(startTime) >= Date.parse(endTime)) return 'an interval without length'
    if (Date.parse(endTime) > Date.now() + 300_000) return 'a point of the future'
    const key = JSON.stringify([metric, resource])
    if (Date.parse(endTime) - (this.lastEndMs.get(key) ?? 0) < 5_000) return 'one point in five seconds'
    this.lastEndMs.set(key, Date.parse(endTime))
    const { distributionValue: distribution, doubleValue } = value
    if (valueType === 'DOUBLE') return typeof doubleValue === 'number' ? undefined : 'no double'
    const { bounds } = distribution!.bucketOptions.explicitBuckets
    const counts = distribution!.bucketCounts.map(Number)
    if (counts.length !== bounds.length + 1) return 'buckets'
    return counts.reduce((sum, count) => sum + count) === Number(distribution!.count) ? undefined : 'count'
  }
}

/** Values by the metric's name and its labels but the scene. */
function valuesOf(taken: readonly TimeSeries[]): Record<string, number | string | undefined> {
  return Object.fromEntries(
    taken.map(({ metric: { type, labels }, points: [point] }) => {
      const { doubleValue, distributionValue } = point!.value
      return [`${type.split('/').at(-1)} ${labels.status ?? ''}`.trim(), doubleValue ?? distributionValue?.count]
    }),
  )
}

function configFor(t: TestContext, google: Google, overrides: Partial<MonitoringConfig> = {}): MonitoringConfig {
  const credentialsFile = writeCredentials(t, google.credentials('service_account'))
  const settings = {
    url: `${google.origin}/`,
    projectId: 'demo',
    intervalMs: 60_000,
    namespace: 'n',
    job: 'j',
    notices: [],
  }
  return { ...settings, google: googleConfig(t, { credentialsFile, metadataUrl: google.origin }), ...overrides }
}

async function write(t: TestContext, config: MonitoringConfig, store: MetricStore): Promise<string | undefined> {
  const writer = new MonitoringWriter(config, 'task')
  t.after(() => writer.close())
  const trouble = await writer.write(snapshotOf(store.families), Date.now() + 1, new AbortController().signal)
  assert.ok(!Object.values(SECRETS).some(secret => trouble?.includes(secret)), trouble)
  return trouble
}

test('a histogram is a distribution with exemplars, a counter a sum, a gauge a value', () =>
  withTestTracing(tracing => {
    const store = new MetricStore()
    traceJob('a-job', () => store.record('histogram', 'wait_seconds', { a: 'x'.repeat(2_000), _b: 'é' }, 2))
    store.record('histogram', 'wait_seconds', { a: 'x'.repeat(2_000), _b: 'é' }, 4)
    store.record('counter', 'pages', {}, 7)
    store.record('gauge', 'level', {}, -1)
    const origin = { projectId: 'demo', namespace: 'n', job: 'j', taskId: 't' }
    const all = snapshotOf(store.families).map(one => JSON.parse(JSON.stringify(toTimeSeries(one, Date.now(), origin))))
    const [wait, pages, level] = all as TimeSeries[]
    assert.deepEqual(
      [wait?.metric.type, wait?.metricKind, wait?.valueType, wait?.unit],
      ['custom.googleapis.com/blueprint/wait_seconds', 'CUMULATIVE', 'DISTRIBUTION', 's'],
    )
    assert.deepEqual(wait?.metric.labels, { a: 'x'.repeat(1_024), b: 'é' })
    const { count, mean, sumOfSquaredDeviation, exemplars } = wait!.points[0]!.value.distributionValue!
    assert.deepEqual([count, mean], ['2', 3])
    assert.ok(Math.abs(sumOfSquaredDeviation - 2) < 0.2, `${sumOfSquaredDeviation}`)
    const { traceId, spanId } = tracing.spans[0]!
    assert.deepEqual(
      exemplars.map(({ value, attachments }) => [value, attachments[0]?.spanName]),
      [[2, `projects/demo/traces/${traceId}/spans/${spanId}`]],
    )
    assert.deepEqual(
      [pages?.metric.type.split('/').at(-1), pages?.points[0]?.value],
      ['pages_total', { doubleValue: 7 }],
    )
    assert.deepEqual([level?.metricKind, level?.points[0]?.value], ['GAUGE', { doubleValue: -1 }])
    const resource = { project_id: 'demo', location: 'global', namespace: 'n', job: 'j', task_id: 't' }
    assert.deepEqual(level?.resource, { type: 'generic_task', labels: resource })
  }))

describe('the writer', () => {
  test('sends 200 series in a request, with a token for this scope', async t => {
    const google = await startGoogle(t)
    const api = new MonitoringApi(google)
    const store = new MetricStore()
    for (let scene = 0; scene < 450; scene++) store.record('counter', 'runs', { scene }, 1)
    assert.equal(await write(t, configFor(t, google), store), undefined)
    assert.deepEqual([api.requests, api.taken.length], [[200, 200, 50], 450])
    assert.equal(google.count('/token'), 1)
  })

  test('takes the project of the credentials where none is set', async t => {
    const google = await startGoogle(t)
    google.fail('/v3/projects/key-project/timeSeries', answer(200, {}))
    const store = new MetricStore()
    store.record('counter', 'runs', {}, 1)
    assert.equal(await write(t, configFor(t, google, { projectId: undefined }), store), undefined)
  })

  const troubles: [status: number, message: RegExp, requests: number][] = [
    [
      403,
      /HTTP 403: tracer@demo\S+ lacks a permission; grant it the role roles\/monitoring\.metricWriter in project demo/,
      1,
    ],
    [404, /HTTP 404: nothing is there; is this the URL of the Cloud Monitoring API, and demo the id of a project\?/, 1],
    [503, /HTTP 503: the server is not available at the moment/, 1],
    [500, /HTTP 500: the server failed; .* \(it says: some were not written\)/, 2],
  ]
  for (const [status, message, requests] of troubles) {
    test(`says what ${status} means, and sends ${requests === 1 ? 'nothing more then' : 'the other series all the same'}`, async t => {
      const google = await startGoogle(t)
      google.fail(PATH, answer(status, { error: { message: 'some were not written' } }), 10)
      const store = new MetricStore()
      for (let scene = 0; scene < 250; scene++) store.record('counter', 'runs', { scene }, 1)
      assert.match((await write(t, configFor(t, google), store)) ?? '', message)
      assert.equal(google.count(PATH), requests)
    })
  }

  test('says that nothing listens, and that there are no credentials', async t => {
    const google = await startGoogle(t)
    const store = new MetricStore()
    store.record('counter', 'runs', {}, 1)
    assert.match(
      (await write(t, configFor(t, google, { url: 'http://127.0.0.1:1/' }), store)) ?? '',
      /127\.0\.0\.1:1\/\S*: connection refused/,
    )
    const none = googleConfig(t, { metadataUrl: 'http://127.0.0.1:1' })
    assert.match((await write(t, configFor(t, google, { google: none }), store)) ?? '', /no Google credentials found/)
  })
})

test('the backend sends again and again, each time what has been counted so far, and goes on after trouble', async t => {
  const google = await startGoogle(t)
  google.fail(PATH, answer(503, {}), 1)
  const api = new MonitoringApi(google)
  const store = new MetricStore()
  store.record('counter', 'runs', {}, 1)
  new MonitoringBackend(store, configFor(t, google, { intervalMs: 100 }))
  const sums: (number | undefined)[] = []
  while (sums.length < 3) {
    await new Promise(resolve => setTimeout(resolve, 20))
    const [series] = api.taken.splice(0)
    if (series === undefined) continue
    sums.push(series.points[0]?.value.doubleValue)
    store.record('counter', 'runs', {}, 1)
  }
  assert.deepEqual(sums, [1, 2, 3])
  assert.deepEqual(
    said.map(line => line.replaceAll(google.origin, '')),
    [
      `cloud_monitoring: ${PATH}: HTTP 503: the server is not available at the moment; the next metrics make up for it`,
      'cloud_monitoring: delivering again',
    ],
  )
})

test('an answer that takes longer than the time between two pushes is waited for', { timeout: 10_000 }, async t => {
  const google = await startGoogle(t)
  let answered = 0
  const slow = (...reply: Parameters<Fault>): void => {
    reply[0].on('finish', () => answered++)
    setTimeout(() => answer(200, {})(...reply), 300)
  }
  google.fail(PATH, slow, Number.POSITIVE_INFINITY)
  const store = new MetricStore()
  store.record('counter', 'runs', {}, 1)
  new MonitoringBackend(store, configFor(t, google, { intervalMs: 50 }))
  while (answered < 2) await delay(20, undefined, { signal: t.signal })
  assert.ok(google.count(PATH) <= 3, `${google.count(PATH)} requests`)
})

test('a server that says the same in other words each time is told of once', async t => {
  const google = await startGoogle(t)
  let count = 0
  google.fail(PATH, (...reply) => answer(400, { error: { message: `point ${++count}` } })(...reply), 3)
  const api = new MonitoringApi(google)
  const store = new MetricStore()
  store.record('counter', 'runs', {}, 1)
  new MonitoringBackend(store, configFor(t, google, { intervalMs: 50 }))
  while (api.taken.length === 0) await new Promise(resolve => setTimeout(resolve, 20))
  assert.deepEqual(
    said.flatMap(line => /HTTP 400: .*$/.exec(line) ?? []),
    ['HTTP 400: the server cannot read the request (it says: point 1); the next metrics make up for it'],
  )
})

const PROGRAM = `
import { getMetrics } from 'blueprint-tracing/metrics'
const metrics = getMetrics()
await metrics.trackJob('regen3d-job', 's', async () => {})
try { metrics.trackJob('regen3d-job', 's', () => { throw new TypeError('t') }) } catch {}
const ways = { exit: () => process.exit(3), natural: () => {}, throw: () => setTimeout(() => { throw new Error('e') }) }
ways[process.argv[2]]()
`
const TAKEN = {
  'pipeline_runs_total success': 1,
  'pipeline_runs_total error': 1,
  errors_total: 1,
  pipeline_duration_seconds: '2',
  scenes_in_progress: 0,
}

describe('a job with METRICS_BACKEND=cloud_monitoring (after a build)', () => {
  let program: InstalledProgram
  let main: URL
  before(() => {
    program = createProgram()
    program.install()
    main = program.write('main.mjs', PROGRAM)
  })
  after(() => program.remove())

  function run(
    t: TestContext,
    google: Google,
    way: string,
    type: CredentialType = 'service_account',
  ): Promise<ChildResult> {
    return runChild(main, {
      args: [way],
      env: {
        METRICS_BACKEND: 'cloud_monitoring',
        GCP_PROJECT_ID: 'demo',
        ENABLE_TRACING: '0',
        OTEL_SERVICE_NAME: 'regen3d',
        BLUEPRINT_TRACING_CLOUD_MONITORING_URL: google.origin,
        GOOGLE_APPLICATION_CREDENTIALS: writeCredentials(t, google.credentials(type)),
        CLOUDSDK_CONFIG: temporaryFolder(t),
        GCE_METADATA_HOST: google.origin,
      },
    })
  }

  for (const [way, code] of [
    ['natural', 0],
    ['exit', 3],
    ['throw', 1],
  ] as const) {
    test(`has its metrics taken at a ${way} end, long before the first push is due`, async t => {
      const google = await startGoogle(t)
      const api = new MonitoringApi(google)
      const child = await run(t, google, way)
      assert.equal(child.code, code, child.stderr)
      assert.doesNotMatch(child.stderr, /cloud_monitoring/)
      assert.deepEqual(valuesOf(api.taken), TAKEN)
      assert.equal(api.requests.length, 1)
      assert.deepEqual(
        [api.taken[0]?.resource.labels.job, api.taken[0]?.resource.labels.namespace],
        ['regen3d', 'local'],
      )
    })
  }

  test('is told once what is wrong, and ends as it would have', async t => {
    const google = await startGoogle(t)
    google.fail(PATH, answer(403, { error: { message: 'Permission monitoring.timeSeries.create denied' } }), 10)
    const { code, stderr } = await run(t, google, 'exit')
    assert.equal(code, 3)
    assert.match(
      stderr,
      /^blueprint-tracing: cloud_monitoring: \S+: HTTP 403: .*roles\/monitoring\.metricWriter.*; the next metrics make up for it\n$/,
    )
  })

  test('is not held for longer than the bound by an API that does not answer', async t => {
    const google = await startGoogle(t)
    google.fail(PATH, () => {}, 10)
    const { code, stderr, durationMs } = await run(t, google, 'natural')
    assert.equal(code, 0)
    assert.match(stderr, /cloud_monitoring: the last metrics were not taken within 2000 ms\n$/)
    assert.ok(durationMs < 30_000, `${durationMs}`)
  })
})
