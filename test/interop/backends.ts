import { type ChildProcess, spawn } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

const STARTED_WITHIN_MS = 60_000
const ARRIVED_WITHIN_MS = 20_000
const POLL_MS = 50

/** Where scripts/test-interop.mjs has put the programs that it built. */
const binaries = process.env.BACKENDS ?? fileURLToPath(new URL('backends/bin', import.meta.url))

export interface Stoppable {
  stop(): Promise<void>
}

export interface RealCollector extends Stoppable {
  readonly ports: Readonly<Record<'grpc' | 'http' | 'compact' | 'binary' | 'thriftHttp', number>>
  /** All requests that it has written by now, in OTLP JSON. */
  requests(): readonly OtlpRequest[]
}

export interface OtlpRequest {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes?: readonly object[] }
    readonly scopeSpans: readonly { readonly scope: object; readonly spans: readonly object[] }[]
  }[]
}

export interface RealJaeger extends Stoppable {
  /** The URL of its query service. */
  readonly query: string
  readonly ports: Readonly<Record<'grpc' | 'http' | 'compact' | 'binary' | 'thriftHttp', number>>
  /** Those of `service` among the traces that its query API gives. */
  spans(service: string): Promise<readonly JaegerSpan[]>
}

interface JaegerTrace {
  readonly traceID: string
  readonly spans: readonly JaegerSpan[]
  readonly processes: Readonly<Record<string, { readonly serviceName: string; readonly tags: readonly JaegerTag[] }>>
}

export interface JaegerTag {
  readonly key: string
  readonly type: string
  readonly value: unknown
}

export interface JaegerSpan {
  readonly traceID: string
  readonly spanID: string
  readonly operationName: string
  readonly references: readonly { readonly refType: string; readonly traceID: string; readonly spanID: string }[]
  readonly startTime: number
  readonly duration: number
  readonly tags: readonly JaegerTag[]
  readonly logs: readonly { readonly timestamp: number; readonly fields: readonly JaegerTag[] }[]
  readonly processID: string
}

/** The OpenTelemetry Collector, which writes all that it takes to a file. */
export async function startRealCollector(): Promise<RealCollector> {
  const folder = mkdtempSync(join(tmpdir(), 'blueprint-tracing-'))
  const outFile = join(folder, 'out.jsonl')
  const ports = await freePorts()
  const config = fileURLToPath(new URL('backends/collector.yaml', import.meta.url))
  const server = run('otelcol', ['--config', config], {
    GRPC_PORT: ports.grpc,
    HTTP_PORT: ports.http,
    COMPACT_PORT: ports.compact,
    BINARY_PORT: ports.binary,
    THRIFT_HTTP_PORT: ports.thriftHttp,
    OUT_FILE: outFile,
  })
  await server.said(/Everything is ready/)
  return {
    ports,
    requests: () => readLines(outFile).map(line => JSON.parse(line) as OtlpRequest),
    stop: async () => {
      await server.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** Jaeger with its agent, collector and query service, which keeps traces in memory. */
export async function startRealJaeger(): Promise<RealJaeger> {
  const ports = await freePorts()
  const [query, admin, other] = [await freeTcpPort(), await freeTcpPort(), await freeTcpPort()]
  const local = (port: number) => `127.0.0.1:${port}`
  const server = run('jaeger-all-in-one', [
    `--processor.jaeger-compact.server-host-port=${local(ports.compact)}`,
    `--processor.jaeger-binary.server-host-port=${local(ports.binary)}`,
    `--processor.zipkin-compact.server-host-port=${local(await freeUdpPort())}`,
    `--http-server.host-port=${local(other)}`,
    `--collector.http-server.host-port=${local(ports.thriftHttp)}`,
    `--collector.grpc-server.host-port=${local(await freeTcpPort())}`,
    `--collector.otlp.grpc.host-port=${local(ports.grpc)}`,
    `--collector.otlp.http.host-port=${local(ports.http)}`,
    `--query.http-server.host-port=${local(query)}`,
    `--query.grpc-server.host-port=${local(await freeTcpPort())}`,
    `--admin.http.host-port=${local(admin)}`,
    '--processor.jaeger-compact.server-max-packet-size=65507',
    '--processor.jaeger-binary.server-max-packet-size=65507',
  ])
  await until(async () => (await fetch(`http://${local(admin)}/`)).ok, STARTED_WITHIN_MS, server.output)
  return {
    ports,
    query: `http://${local(query)}`,
    spans: async service => {
      // Without a start and an end, in µs, it looks for recent traces only.
      const search = new URLSearchParams({ service, limit: '1000', start: '0', end: String(2 ** 53) })
      const reply = await fetch(`http://${local(query)}/api/traces?${search}`)
      const { data, errors } = (await reply.json()) as { data: readonly JaegerTrace[] | null; errors?: unknown }
      if (!reply.ok || errors) throw new Error(`Jaeger answers ${reply.status}: ${JSON.stringify(errors)}`)
      return (data ?? []).flatMap(({ spans, processes }) =>
        spans.filter(({ processID }) => processes[processID]?.serviceName === service),
      )
    },
    stop: server.stop,
  }
}

export interface RealQueue extends Stoppable {
  /** What leads programs to it. */
  readonly env: Readonly<Record<string, string>>
}

export interface RealStorage extends RealQueue {
  /** Names of all objects of the bucket. */
  names(): Promise<readonly string[]>
}

/** fake-gcs-server with one bucket, in memory. */
export async function startStorage(): Promise<RealStorage> {
  const host = '127.0.0.1'
  const port = await freeTcpPort()
  const server = run('fake-gcs-server', ['-scheme', 'http', '-host', host, '-port', String(port), '-backend', 'memory'])
  const buckets = `http://${host}:${port}/storage/v1/b`
  await until(async () => (await fetch(buckets)).ok, STARTED_WITHIN_MS, server.output)
  const body = JSON.stringify({ name: 'letters' })
  await fetch(buckets, { method: 'POST', headers: { 'content-type': 'application/json' }, body })
  return {
    env: { BUCKET: 'letters', STORAGE_EMULATOR_HOST: `${host}:${port}` },
    names: async () => {
      const { items = [] } = (await (await fetch(`${buckets}/letters/o`)).json()) as { items?: { name: string }[] }
      return items.map(({ name }) => name)
    },
    stop: server.stop,
  }
}

/** Google's pstest with one topic and one subscription. */
export async function startPubsub(): Promise<RealQueue> {
  const address = `127.0.0.1:${await freeTcpPort()}`
  const [topic, subscription] = ['projects/demo/topics/letters', 'projects/demo/subscriptions/read-letters']
  const server = run('pubsub-server', [], { ADDRESS: address, TOPIC: topic, SUBSCRIPTION: subscription })
  await server.said(/Everything is ready/)
  return {
    env: { PUBSUB_TOPIC: topic, PUBSUB_SUBSCRIPTION: subscription, PUBSUB_EMULATOR_HOST: address },
    stop: server.stop,
  }
}

/** Waits until `found` gives at least `count`; gives what there is then, or at the end of the time. */
export async function arrived<T>(
  find: () => Promise<readonly T[]> | readonly T[],
  count: number,
): Promise<readonly T[]> {
  let found: readonly T[] = []
  const deadline = Date.now() + ARRIVED_WITHIN_MS
  while (found.length < count && Date.now() < deadline) {
    await sleep(POLL_MS)
    found = await find()
  }
  return found
}

interface Server extends Stoppable {
  said(pattern: RegExp): Promise<void>
  output(): string
}

function run(name: string, args: readonly string[], env: Readonly<Record<string, string | number>> = {}): Server {
  let output = ''
  const variables = Object.fromEntries(Object.entries(env).map(([key, value]) => [key, String(value)]))
  const child: ChildProcess = spawn(join(binaries, name), args, {
    env: { PATH: process.env.PATH, HOME: process.env.HOME, ...variables },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  for (const stream of [child.stdout!, child.stderr!]) stream.setEncoding('utf8').on('data', text => (output += text))
  const ended = once(child, 'exit')
  return {
    output: () => output,
    said: pattern =>
      until(
        async () => pattern.test(output),
        STARTED_WITHIN_MS,
        () => output,
      ),
    stop: async () => {
      child.kill('SIGKILL')
      await ended
    },
  }
}

async function until(condition: () => Promise<boolean>, withinMs: number, output: () => string): Promise<void> {
  const deadline = Date.now() + withinMs
  while (!(await condition().catch(() => false))) {
    if (Date.now() > deadline) throw new Error(`the server did not start:\n${output()}`)
    await sleep(POLL_MS)
  }
}

/** Whole lines only: the last one may be under way. */
function readLines(file: string): string[] {
  try {
    return readFileSync(file, 'utf8').split('\n').slice(0, -1)
  } catch {
    return []
  }
}

async function freePorts() {
  return {
    grpc: await freeTcpPort(),
    http: await freeTcpPort(),
    thriftHttp: await freeTcpPort(),
    compact: await freeUdpPort(),
    binary: await freeUdpPort(),
  }
}

async function freeTcpPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  await once(server, 'close')
  return port
}

async function freeUdpPort(): Promise<number> {
  const socket = createSocket('udp4').bind(0, '127.0.0.1')
  await once(socket, 'listening')
  const { port } = socket.address()
  socket.close()
  await once(socket, 'close')
  return port
}
