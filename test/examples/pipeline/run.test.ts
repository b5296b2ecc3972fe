import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { after, before, describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'
import { type FiledSpan, readTraceFile } from '../../../examples/pipeline/trace-file.ts'
import { closedPort } from '../../support/http-server.ts'
import { OfficialRequest, officialDecode } from '../../support/official-otlp.ts'

const RUN = fileURLToPath(import.meta.resolve('../../../examples/pipeline/run.ts'))
const CLI = fileURLToPath(new URL('../../../dist/cli.js', import.meta.url))
const README = readFileSync(new URL('../../../examples/pipeline/README.md', import.meta.url), 'utf8')

interface Demo {
  readonly folder: string
  readonly exitCode: number
  readonly stdout: string
  readonly stderr: string
}

/** Runs the demo in a folder of its own; nothing but `env` steers its tracing. */
async function runDemo(folder: string, env: NodeJS.ProcessEnv, onOutput = (_text: string) => {}): Promise<Demo> {
  const { PATH, NODE_V8_COVERAGE } = process.env
  const child = spawn(process.execPath, ['--import', import.meta.resolve('tsx'), RUN], {
    cwd: folder,
    env: { PATH, NODE_V8_COVERAGE, ...env },
  })
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', chunk => {
    stdout += chunk
    onOutput(stdout)
  })
  child.stderr.on('data', chunk => {
    stderr += chunk
  })
  const [exitCode] = await once(child, 'close')
  return { folder, exitCode, stdout, stderr }
}

/** A collector that takes everything, and tells the names of the spans it was sent. */
async function startCollector(names: string[]): Promise<Server> {
  const server = createServer(async (request, response) => {
    const body = await buffer(request)
    names.push(...spanNames(request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body))
    response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return server
}

function spanNames(body: Uint8Array): string[] {
  const { resourceSpans } = officialDecode(OfficialRequest, body) as {
    resourceSpans: { scopeSpans: { spans: { name: string }[] }[] }[]
  }
  return resourceSpans.flatMap(one => one.scopeSpans.flatMap(scope => scope.spans.map(span => span.name)))
}

describe('the demo, with a collector and a Prometheus', () => {
  const folder = mkdtempSync(join(tmpdir(), 'demo-'))
  const collected: string[] = []
  let collector: Server
  let demo: Demo
  let spans: FiledSpan[]
  let scraped: Promise<string> | undefined

  before(async () => {
    collector = await startCollector(collected)
    const url = `http://127.0.0.1:${(collector.address() as AddressInfo).port}`
    const port = await closedPort()
    const metrics = { METRICS_BACKEND: 'prometheus', PROMETHEUS_METRICS_PORT: String(port) }
    demo = await runDemo(folder, { OTEL_EXPORTER_OTLP_ENDPOINT: url, FORCE_COLOR: '1', ...metrics }, text => {
      if (text.includes('\n')) scraped ??= fetch(`http://localhost:${port}/metrics`).then(reply => reply.text())
    })
    spans = readTraceFile(join(folder, 'out/traces.jsonl'))
  })
  after(() => {
    collector.close()
    rmSync(folder, { recursive: true })
  })

  test('exits 0 although the broken scene failed, and says so', () => {
    assert.equal(demo.exitCode, 0, demo.stdout + demo.stderr)
    assert.match(demo.stdout, /^scene_broken failed as it should: .*truncated\.obj:13: .* needs three vertices/m)
  })

  test('writes a stage for each of the other scenes', () => {
    const stages = readdirSync(join(folder, 'out')).filter(name => name.endsWith('.usda'))
    assert.deepEqual(stages.toSorted(), ['scene_bunny.usda', 'scene_garden.usda', 'scene_teapot.usda'])
    for (const stage of stages) assert.match(readFileSync(join(folder, 'out', stage), 'utf8'), /^#usda 1\.0\n/)
  })

  for (const scene of ['scene_bunny', 'scene_teapot', 'scene_garden']) {
    test(`${scene}: three jobs from three processes under one trace id`, () => {
      const jobs = spansOf(scene).filter(span => span.name.startsWith('job:'))
      const names = jobs.map(job => job.name).toSorted()
      assert.deepEqual(names, ['job:regen3d-job', 'job:simready-job', 'job:usd-assembly-job'])
      assert.deepEqual(names, jobs.map(job => `job:${job.service}`).toSorted())
      assert.equal(new Set(jobs.map(job => job.processId)).size, 3)
    })
  }

  test('the broken scene is a dead letter, and the printed command resolves it by a trace that links to the first', () => {
    const [, id, command] = / dlq retry (\S+) -- node (.*)$/m.exec(demo.stdout)!
    assert.match(demo.stdout, /^ {2}npx blueprint-tracing dlq list$/m)
    assert.match(dlq('list'), new RegExp(`^${id} +pending +1/3 .*scene_broken +regen3d-job`, 'm'))
    const [importFlag, , ...args] = command!.split(' ')
    const retried = dlq('retry', id!, '--', process.execPath, importFlag!, import.meta.resolve('tsx'), ...args)
    assert.match(retried, new RegExp(`^${id} is resolved, by attempt 2$`, 'm'))
    assert.match(dlq('list'), new RegExp(`^${id} +resolved `, 'm'))
    const first = spansOf('scene_broken').find(span => span.name === 'job:regen3d-job')!
    const second = readTraceFile(join(folder, 'out/traces.jsonl')).find(span => span.links.length > 0)!
    assert.deepEqual([second.name, second.parentSpanId], ['job:regen3d-job', undefined])
    assert.deepEqual(second.links, [{ traceId: first.traceId, attempt: '1' }])
    assert.match(retried, new RegExp(`^job:regen3d-job .*↩ attempt 1 is trace ${first.traceId}$`, 'm'))
  })

  test('scene_broken: one job, and the error on it and on the root', () => {
    const broken = spansOf('scene_broken')
    assert.deepEqual(
      broken.filter(span => span.name.startsWith('job:')).map(span => span.name),
      ['job:regen3d-job'],
    )
    for (const span of broken) assert.match(span.error ?? '', /truncated\.obj:13/, span.name)
    assert.match(demo.stdout, /^\x1b\[31mscene scene_broken .*✗ .*truncated\.obj:13/m)
  })

  test('the four trees hold every span, and the last line accounts for all of them', () => {
    assert.equal(demo.stdout.match(/^trace [0-9a-f]{32}$/gm)?.length, 4)
    const count = spans.length
    assert.ok(demo.stdout.endsWith(`spans: started ${count}, delivered ${count}, lost 0\n`), demo.stdout)
    assert.equal(demo.stderr.includes('the counts say'), false)
  })

  test('the collector received the same spans as the file', () => {
    assert.deepEqual(collected.toSorted(), spans.map(span => span.name).toSorted())
  })

  test('the scenes that are under way can be scraped', async () => {
    assert.match((await scraped) ?? '', /^scenes_in_progress\{job="blueprint-pipeline"\} [12]$/m)
    assert.doesNotMatch(demo.stderr, /metrics are recorded, but not served/)
  })

  test('each job is summed up over all processes', () => {
    const jobs = demo.stdout.matchAll(
      /^(\S+): (\d+) runs, (\d+) failed, \d+\.\d\d s on average, \d+\.\d\d s at most$/gm,
    )
    assert.deepEqual(Array.from(jobs, ([, job, runs, failed]) => [job, runs, failed]).sort(), [
      ['blueprint-pipeline', '4', '1'],
      ['regen3d-job', '4', '1'],
      ['simready-job', '3', '0'],
      ['usd-assembly-job', '3', '0'],
    ])
  })

  test("the README's closing lines are the real ones", () => {
    const sample = README.match(/^ {4}(out\/traces\.jsonl holds .*)\n {4}(spans: .*)$/m)
    assert.ok(demo.stdout.endsWith(`${sample?.[1]}\n${sample?.[2]}\n`), demo.stdout.slice(-100))
  })

  function dlq(...args: string[]): string {
    const { PATH, NODE_V8_COVERAGE } = process.env
    const env = { PATH, NODE_V8_COVERAGE }
    return execFileSync(process.execPath, [CLI, 'dlq', ...args], { cwd: folder, env, encoding: 'utf8' })
  }

  /** The spans of the trace that has a scene's root span. */
  function spansOf(scene: string): FiledSpan[] {
    const root = spans.find(span => span.name === `scene ${scene}`)
    assert.ok(root !== undefined && root.parentSpanId === undefined)
    return spans.filter(span => span.traceId === root.traceId)
  }
})

test('a trace file that does not hold what the counts say: said, and exit code 1', async t => {
  const folder = mkdtempSync(join(tmpdir(), 'demo-'))
  t.after(() => rmSync(folder, { recursive: true }))
  let forged = false
  const demo = await runDemo(folder, {}, text => {
    if (forged || !text.includes('\n')) return
    forged = true
    const path = join(folder, 'out/traces.jsonl')
    appendFileSync(path, `${readFileSync(path, 'utf8').split('\n')[0]}\n`)
  })
  assert.match(demo.stderr, /^the counts say \d+ spans, but out\/traces\.jsonl holds \d+$/m)
  assert.equal(demo.exitCode, 1)
})
