import assert from 'node:assert/strict'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { Agent, type IncomingMessage, request, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { after, before, describe, test } from 'node:test'
import { RecordedMetrics } from '../../src/metrics/pipeline-metrics.ts'
import { serveMetrics } from '../../src/metrics/scrape-server.ts'
import { MetricStore } from '../../src/metrics/store.ts'
import { setNoticeLog } from '../../src/trace/notices.ts'
import { runChild } from '../support/child.ts'
import { createProgram, type InstalledProgram } from '../support/installed.ts'

const said: string[] = []
setNoticeLog((level, message) => said.push(`${level}: ${message}`))

interface Reply {
  readonly status: number | undefined
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

async function ask(port: number, path: string, method = 'GET', accept?: string): Promise<Reply> {
  const headers = accept === undefined ? {} : { accept }
  const sent = request({ host: '127.0.0.1', port, path, method, headers, agent: false })
  sent.end()
  const [response] = (await once(sent, 'response')) as [IncomingMessage]
  return { status: response.statusCode, headers: response.headers, body: await text(response) }
}

describe('the metrics server', () => {
  const store = new MetricStore()
  let server: Server
  let port: number
  before(async () => {
    new RecordedMetrics(store).trackJob('regen3d-job', 's', () => {})
    server = serveMetrics(store, 0)
    await once(server, 'listening')
    port = (server.address() as AddressInfo).port
  })
  after(() => server.close())

  test('says where it serves', () =>
    assert.deepEqual(said, [`info: serving metrics at http://localhost:${port}/metrics`]))

  const formats: [accept: string | undefined, type: string, end: RegExp][] = [
    [undefined, 'text/plain; version=0.0.4; charset=utf-8', /scenes_in_progress\{job="regen3d-job"\} 0\n$/],
    [
      'application/openmetrics-text; version=1.0.0',
      'application/openmetrics-text; version=1.0.0; charset=utf-8',
      /\n# EOF\n$/,
    ],
  ]
  for (const [accept, type, end] of formats) {
    test(`answers ${type}`, async () => {
      const { status, headers, body } = await ask(port, '/metrics?x=1', 'GET', accept)
      assert.deepEqual([status, headers['content-type'], headers.vary], [200, type, 'Accept'])
      assert.match(body, end)
      const head = await ask(port, '/metrics', 'HEAD', accept)
      assert.deepEqual(
        [head.status, head.body, head.headers['content-length']],
        [200, '', String(Buffer.byteLength(body))],
      )
    })
  }

  for (const [method, path, status, allow] of [
    ['GET', '/', 404, undefined],
    ['GET', '/metrics/', 404, undefined],
    ['POST', '/other', 404, undefined],
    ['POST', '/metrics', 405, 'GET, HEAD'],
    ['DELETE', '/metrics', 405, 'GET, HEAD'],
  ] as const) {
    test(`answers ${status} to ${method} ${path}`, async () => {
      const reply = await ask(port, path, method)
      assert.deepEqual([reply.status, reply.headers.allow], [status, allow])
      assert.doesNotMatch(reply.body, /pipeline_runs/)
    })
  }

  test('a port that is taken is said once', async () => {
    for (const _try of [1, 2]) await once(serveMetrics(new MetricStore(), port), 'error')
    assert.deepEqual(said.slice(1), [
      `warn: metrics are recorded, but not served on port ${port}: another program has it; set PROMETHEUS_METRICS_PORT to a free one`,
    ])
  })

  test('answers 500 where the metrics are too much for one text, and the program goes on', async t => {
    const families = t.mock.getter(store, 'families', () => assert.fail('Invalid string length'))
    const { status, body } = await ask(port, '/metrics')
    families.mock.restore()
    assert.deepEqual([status, body], [500, 'The metrics cannot be written: Invalid string length\n'])
    assert.equal(said.at(-1), 'warn: metrics are recorded, but cannot be served: Invalid string length')
    assert.equal((await ask(port, '/metrics')).status, 200)
  })
})

const PROGRAM = `
import { createServer } from 'node:http'
import { getMetrics } from 'blueprint-tracing/metrics'
const metrics = getMetrics()
getMetrics().trackJob('regen3d-job', 's', () => {})
console.log(Object.keys(metrics.getStats()).length)
`

describe('a job with METRICS_BACKEND=prometheus (after a build)', () => {
  let program: InstalledProgram
  let main: URL
  before(() => {
    program = createProgram()
    program.install()
    main = program.write('main.mjs', PROGRAM)
  })
  after(() => program.remove())

  test('ends as soon as it is done, although the server listens', async () => {
    const env = { METRICS_BACKEND: 'prometheus', PROMETHEUS_METRICS_PORT: '0' }
    const { code, stdout, stderr } = await runChild(main, { env })
    assert.deepEqual([code, stdout], [0, '6\n'])
    assert.match(stderr, /^blueprint-tracing: serving metrics at http:\/\/localhost:\d+\/metrics\n$/)
  })

  test('goes on where its port is taken, and says so once', async () => {
    const server = serveMetrics(new MetricStore(), 0)
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    const env = { METRICS_BACKEND: 'prometheus', PROMETHEUS_METRICS_PORT: String(port) }
    const busy = program.write('busy.mjs', `${PROGRAM}setTimeout(() => {}, 200)`)
    const { code, stdout, stderr } = await runChild(busy, { env })
    server.close()
    assert.deepEqual([code, stdout], [0, '6\n'])
    assert.match(
      stderr,
      new RegExp(
        `^blueprint-tracing: metrics are recorded, but not served on port ${port}: another program has it; .*\\n$`,
      ),
    )
  })

  test('is not held by a scraper that keeps its connection', async t => {
    const agent = new Agent({ keepAlive: true })
    t.after(() => agent.destroy())
    const done = join(program.folder, 'done')
    const scraped = program.write(
      'scraped.mjs',
      `import { existsSync } from 'node:fs'
       ${PROGRAM}
       const timer = setInterval(() => existsSync(${JSON.stringify(done)}) && clearInterval(timer), 20)`,
    )
    let body: string | undefined
    const scrape = async (port: number): Promise<void> => {
      const sent = request({ host: '127.0.0.1', port, path: '/metrics', agent })
      sent.end()
      const [response] = (await once(sent, 'response')) as [IncomingMessage]
      assert.equal(response.headers.connection, 'keep-alive')
      body = await text(response)
      writeFileSync(done, '')
    }
    const { code, signal } = await runChild(scraped, {
      env: { METRICS_BACKEND: 'prometheus', PROMETHEUS_METRICS_PORT: '0' },
      timeoutMs: 20_000,
      onStderr: stderr => {
        const port = /localhost:(\d+)\/metrics/.exec(stderr)?.[1]
        if (port !== undefined) void scrape(Number(port))
      },
    })
    assert.match(body ?? '', /scenes_in_progress\{job="regen3d-job"\} 0/)
    assert.deepEqual([code, signal], [0, null])
  })
})
