import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { type ChildResult, runChild } from './support/child.ts'
import { type Collector, startCollector } from './support/collector.ts'
import { createProgram, type InstalledProgram } from './support/installed.ts'

const PROGRAM = `
import { Worker, isMainThread, parentPort } from 'node:worker_threads'
const { getTracing, traceJob } = await import('blueprint-tracing')
const work = () => traceJob(isMainThread ? 'main' : 'worker', () => {})
work()
if (!isMainThread) {
  await getTracing().flush()
  parentPort.postMessage('done')
} else if (process.argv.includes('worker')) {
  const worker = new Worker(new URL(import.meta.url))
  await new Promise(resolve => worker.once('exit', resolve))
}
process.stdout.write(JSON.stringify({ enabled: getTracing().enabled, exporters: getTracing().exporters }))
`
const SILENT = 'process.stdout.write("ran")'

describe('blueprint-tracing/register (after a build)', () => {
  let program: InstalledProgram
  let main: URL
  let silent: URL
  let collector: Collector
  before(async () => {
    collector = await startCollector()
    program = createProgram()
    program.install()
    main = program.write('main.mjs', PROGRAM)
    silent = program.write('silent.mjs', SILENT)
  })
  after(() => {
    program.remove()
    collector.stop()
  })

  function run(file: URL, how: string, service: string, args: string[] = []): Promise<ChildResult> {
    const env = { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_SERVICE_NAME: service }
    const entry = 'blueprint-tracing/register'
    if (how === 'NODE_OPTIONS') return runIn(file, { ...env, NODE_OPTIONS: `--import=${entry}` }, [], args)
    return runIn(file, env, [how, entry], args)
  }

  function runIn(file: URL, env: Record<string, string>, execArgv: string[], args: string[]): Promise<ChildResult> {
    return runChild(file, { env, execArgv, args, cwd: program.folder })
  }

  for (const how of ['--import', 'NODE_OPTIONS', '--require']) {
    test(`${how}: set up from the environment before the program runs, once, and not in the export thread`, async () => {
      const { code, stdout, stderr } = await run(main, how, `register ${how}`)
      assert.deepEqual([code, stdout], [0, '{"enabled":true,"exporters":["otlp"]}'], stderr)
      assert.match(stderr, /^blueprint-tracing: exporting to otlp [^\n]*\n$/)
      assert.deepEqual((await collector.received(`register ${how}`)).names, { 'job:main': 1 })
    })
  }

  test('it announces itself also where the program starts no span', async () => {
    const { code, stdout, stderr } = await run(silent, '--import', 'silent')
    assert.deepEqual([code, stdout], [0, 'ran'])
    assert.match(stderr, /^blueprint-tracing: exporting to otlp [^\n]*\n$/)
  })

  test('a worker of the program has a tracer of its own', async () => {
    const { code, stderr } = await run(main, 'NODE_OPTIONS', 'workers', ['worker'])
    assert.equal(code, 0, stderr)
    assert.equal(stderr.match(/exporting to otlp/g)?.length, 2)
    assert.deepEqual((await collector.received('workers')).names, { 'job:main': 1, 'job:worker': 1 })
  })

  const environments: readonly [what: string, env: Record<string, string>, stderr: RegExp][] = [
    ['nothing', {}, /^$/],
    ['a switch that is none', { ENABLE_TRACING: 'perhaps' }, /ENABLE_TRACING must be/],
    ['an exporter that is none', { OTEL_TRACES_EXPORTER: 'nowhere' }, /OTEL_TRACES_EXPORTER must be/],
    ['an endpoint that is none', { OTEL_EXPORTER_OTLP_ENDPOINT: '::not a url::' }, /OTEL_EXPORTER_OTLP_ENDPOINT/],
    ['a certificate that is not there', { OTEL_EXPORTER_OTLP_CERTIFICATE: '/nowhere.pem' }, /^$/],
    [
      'everything wrong at once',
      {
        ENABLE_TRACING: '1',
        OTEL_TRACES_EXPORTER: 'otlp',
        OTEL_EXPORTER_OTLP_ENDPOINT: 'ftp://x',
        OTEL_EXPORTER_OTLP_CERTIFICATE: '/nowhere.pem',
        OTEL_EXPORTER_OTLP_HEADERS: '===',
        OTEL_EXPORTER_OTLP_TIMEOUT: 'soon',
        OTEL_TRACES_SAMPLER: 'dice',
        OTEL_RESOURCE_ATTRIBUTES: '%',
        OTEL_PROPAGATORS: 'pigeon',
        OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT: '-1',
        OTEL_LOG_LEVEL: 'loud',
        TRACEPARENT: 'garbage',
        BLUEPRINT_TRACING_ENV_CARRIER: 'maybe',
      },
      /must be/,
    ],
  ]
  for (const [what, env, said] of environments) {
    test(`an environment with ${what} does not keep the program from running`, async () => {
      const { code, stdout, stderr } = await runIn(silent, env, ['--import', 'blueprint-tracing/register'], [])
      assert.deepEqual([code, stdout], [0, 'ran'], stderr)
      assert.match(stderr, said)
    })
  }
})
