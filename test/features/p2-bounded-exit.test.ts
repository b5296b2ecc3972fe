import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import type { ServerHttp2Stream } from 'node:http2'
import { createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, type TestContext, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import type { Stats } from '../../src/types/tracing.ts'
import { type ChildResult, runChild } from '../support/child.ts'
import { startDnsServer } from '../support/dns-server.ts'
import { startHttp2Server } from '../support/grpc-server.ts'
import { closedPort, listen } from '../support/http-server.ts'
import { assertBalanced } from '../support/ledger.ts'

const RUNS = 5
const EXIT_TIMEOUT_MS = 300
const MARGIN_MS = 100
const TRICKLE_INTERVAL_MS = 20
const ENDLESS_BODY = 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n'
const ENDLESS_HEAD = 'HTTP/1.1 200 OK\r\nx-first: '
const OVERLOAD = 'HTTP/1.1 503 Service Unavailable\r\nretry-after: 3600\r\ncontent-length: 0\r\n\r\n'

interface Case {
  readonly way?: string
  readonly url: string
  readonly options?: object
  readonly env?: Record<string, string>
}

/** Takes connections and lets `answer` do with them what it likes. */
async function startServer(t: TestContext, answer: (socket: Socket) => void): Promise<string> {
  return `127.0.0.1:${await listen(t, createServer(answer))}`
}

function silence(socket: Socket): void {
  socket.resume()
}

/** A reply that goes on for ever, a little at a time. */
function trickle(beginning: string, piece: string): (socket: Socket) => void {
  return socket => {
    socket.once('data', () => {
      socket.write(beginning)
      const timer = setInterval(() => socket.write(piece), TRICKLE_INTERVAL_MS)
      socket.on('close', () => clearInterval(timer))
    })
  }
}

function answerOnce(reply: string): (socket: Socket) => void {
  return socket => socket.once('data', () => socket.end(reply))
}

const backends: { backend: string; url: (t: TestContext) => Promise<string> }[] = [
  { backend: 'a refused port', url: async () => `http://127.0.0.1:${await closedPort()}` },
  { backend: 'silence on an open connection', url: async t => `http://${await startServer(t, silence)}` },
  {
    backend: 'a reply that never ends',
    url: async t => `http://${await startServer(t, trickle(ENDLESS_BODY, '1\r\nx\r\n'))}`,
  },
  {
    backend: 'reply headers that never end',
    url: async t => `http://${await startServer(t, trickle(ENDLESS_HEAD, 'x'))}`,
  },
  { backend: 'a TLS handshake that stalls', url: async t => `https://${await startServer(t, silence)}` },
  {
    backend: 'a connection reset',
    url: async t => `http://${await startServer(t, socket => socket.resetAndDestroy())}`,
  },
  { backend: 'an overload of an hour', url: async t => `http://${await startServer(t, answerOnce(OVERLOAD))}` },
  { backend: 'an unknown host', url: async () => 'http://collector.invalid:4318' },
]

const hasCompiler = spawnSync('cc', ['--version']).status === 0
const lookups = [
  { way: 'process.exit(3)', exportThread: 'worker' },
  { way: 'natural end', exportThread: 'main' },
]

/** Two at a time, since traced programs wait: what disturbs a run disturbs few of the five of which the median counts. */
describe('P2: the way out is bounded', { concurrency: 2 }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'blueprint-tracing-'))
  const silentResolver = join(folder, 'preload.so')
  before(() => {
    if (hasCompiler) compile('silent-resolver.c', silentResolver)
  })
  after(() => rmSync(folder, { recursive: true }))

  for (const { backend, url } of backends) {
    test(`${backend} holds process.exit no longer than exitTimeoutMs`, async t => {
      await assertBounded(t, { url: await url(t) })
    })
  }

  for (const [what, onStream] of [
    ['says nothing', () => {}],
    ['goes on for ever', (stream: ServerHttp2Stream) => trickleMessage(stream)],
  ] as const) {
    test(`a gRPC server that ${what} holds process.exit no longer than exitTimeoutMs`, async t => {
      const { origin } = await startHttp2Server(t, onStream)
      await assertBounded(t, { url: origin, env: { OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' } })
    })
  }

  for (const way of ['natural end', 'throw', 'SIGTERM']) {
    test(`silence holds ${way} no longer than exitTimeoutMs`, async t => {
      await assertBounded(t, { way, url: `http://${await startServer(t, silence)}` })
    })
  }

  test('silence holds a natural end no longer than exitTimeoutMs where the export is on the main thread', async t => {
    const url = `http://${await startServer(t, silence)}`
    await assertBounded(t, { way: 'natural end', url, options: { exportThread: 'main' } })
  })

  test('silence holds process.exit no longer than the default of 2 s', async t => {
    await assertBounded(
      t,
      { url: `http://${await startServer(t, silence)}`, options: { exitTimeoutMs: undefined } },
      2_000,
    )
  })

  for (const { way, exportThread } of lookups) {
    test(`a resolver that never answers holds ${way} no longer than exitTimeoutMs, exportThread ${exportThread}`, {
      skip: hasCompiler ? false : 'there is no C compiler',
    }, async t => {
      const dns = await startDnsServer(t, { 'collector.test': { A: 'silence', AAAA: 'silence' } })
      const env = { LD_PRELOAD: silentResolver, DNS_PORT: dns.address.split(':')[1]! }
      await assertBounded(t, { way, url: 'http://collector.test:4318', options: { exportThread }, env })
      assert.ok(dns.questions.includes('collector.test A'))
    })
  }
})

function trickleMessage(stream: ServerHttp2Stream): void {
  stream.respond({ ':status': 200, 'content-type': 'application/grpc' })
  const timer = setInterval(() => stream.write('x'), TRICKLE_INTERVAL_MS)
  stream.on('close', () => clearInterval(timer))
}

/**
 * What is compared is the time from the call that ends the process to its end. The runs alternate with those of the untraced
 * twin, so that what slows the machine slows both.
 */
async function assertBounded(t: TestContext, given: Case, exitTimeoutMs = EXIT_TIMEOUT_MS): Promise<void> {
  const excessMs: number[] = []
  for (let run = 0; run < RUNS; run++) {
    const untraced = await end(given, { OTEL_SDK_DISABLED: 'true' })
    const traced = await end(given, {})
    assert.deepEqual([traced.code, traced.signal], [untraced.code, untraced.signal])
    assertLossIsTold(traced)
    excessMs.push(wayOutMs(traced) - wayOutMs(untraced))
  }
  const medianMs = excessMs.sort((a, b) => a - b)[Math.floor(RUNS / 2)]!
  t.diagnostic(`longer than untraced by ${excessMs.join(', ')} ms`)
  assert.ok(medianMs <= exitTimeoutMs + MARGIN_MS, `held for ${medianMs} ms`)
}

function end({ way = 'process.exit(3)', url, options, env }: Case, off: object): Promise<ChildResult> {
  return runChild(new URL('programs/ends.mjs', import.meta.url), {
    args: [way, 'cold'],
    env: {
      // What coverage takes at exit is not to be measured.
      NODE_V8_COVERAGE: undefined,
      PRINT_END: '1',
      OTEL_EXPORTER_OTLP_ENDPOINT: url,
      TRACING_OPTIONS: JSON.stringify({ exitTimeoutMs: EXIT_TIMEOUT_MS, ...options }),
      ...env,
      ...off,
    },
  })
}

function wayOutMs({ stdout, endMs }: ChildResult): number {
  return endMs - Number.parseInt(stdout, 10)
}

/** Nothing has arrived, and the ledger and one line on stderr say so. */
function assertLossIsTold({ stdout, stderr, signal }: ChildResult): void {
  assert.equal(
    stderr.match(/^blueprint-tracing: 1000 of 1000 spans did not arrive at otlp: exit_timeout 1000/gm)?.length,
    1,
  )
  if (signal !== null) return
  const stats = JSON.parse(stdout.split('\n')[1]!) as Stats
  assertBalanced(stats)
  assert.equal(stats.exporters.otlp?.dropped.exit_timeout, 1000)
}

function compile(source: string, library: string): void {
  const path = fileURLToPath(new URL(`programs/${source}`, import.meta.url))
  const { status, stderr } = spawnSync('cc', ['-shared', '-fPIC', '-o', library, path, '-ldl'], { encoding: 'utf8' })
  assert.equal(status, 0, stderr)
}
