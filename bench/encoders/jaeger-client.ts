import { createRequire } from 'node:module'
import { openSpans, type Texts } from './spans.ts'

/** What is used of jaeger-client, which has no types. */
interface JaegerClient {
  readonly Tracer: new (service: string, reporter: object, sampler: Sampler, options: object) => JaegerTracer
  readonly Span: { readonly prototype: { setTag(key: string, value: unknown): unknown; setAttribute?: unknown } }
  readonly ConstSampler: new (decision: boolean) => Sampler
  readonly InMemoryReporter: new () => { readonly spans: readonly object[] }
  readonly RemoteReporter: new (
    sender: UdpSender,
  ) => { setProcess(service: string, tags: readonly object[]): void; report(span: object): void; flush(): void }
}
interface Sampler {
  isSampled(operation: string, tags: object): boolean
}
interface JaegerTracer {
  startSpan(name: string): JaegerSpan
}
interface JaegerSpan {
  setAttribute(key: string, value: unknown): unknown
  finish(): void
}
interface UdpSender {
  _client: { send(bytes: Buffer, start: number, end: number, port: number, host: string, done: () => void): void }
}

const require = createRequire(import.meta.url)
const { Tracer, Span, ConstSampler, InMemoryReporter, RemoteReporter }: JaegerClient = require('jaeger-client')
const UDPSender: new () => UdpSender = require('jaeger-client/dist/src/reporters/udp_sender.js').default

/** Jaeger's own client, over its own finished spans: what its reporter does with each of them, up to the socket. */
export function create(texts: Texts): () => readonly Uint8Array[] {
  Span.prototype.setAttribute = Span.prototype.setTag
  const finished = new InMemoryReporter()
  const tracer = new Tracer('bench', finished, new PlainSampler(true), { traceId128bit: true })
  for (const span of openSpans(tracer, texts)) span.finish()
  const { spans } = finished
  const sender = new UDPSender()
  let datagrams: Buffer[] = []
  sender._client = {
    send(bytes, _start, _end, _port, _host, done) {
      datagrams.push(bytes)
      done()
    },
  }
  const reporter = new RemoteReporter(sender)
  reporter.setProcess('bench', [])
  return () => {
    datagrams = []
    for (const span of spans) reporter.report(span)
    reporter.flush()
    return datagrams
  }
}

/** Without the two tags on every root span that say how it was sampled. */
class PlainSampler extends ConstSampler {
  override isSampled(): boolean {
    return true
  }
}
