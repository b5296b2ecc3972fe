import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** How the collector treats the requests that come in from now on. All that it can read is counted, whatever the answer. */
export interface CollectorBehaviour {
  /** Before the answer, in ms. Default 0. */
  readonly delayMs?: number
  /** Default 200. */
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  /** Spans of each request that a partial success refuses. Default 0. */
  readonly rejectedSpans?: number
  /** Default 'whole'. 'trickle' sends headers and then a body that never ends, 'silence' nothing at all. */
  readonly reply?: 'whole' | 'trickle' | 'silence'
  /** After this many requests it is the default behaviour's turn again. */
  readonly times?: number
  /** Whether `bodies` keeps what comes in. Default false. */
  readonly keepsBodies?: boolean
}

/** What has arrived. A span that was sent twice counts twice in all but `distinct`. */
export interface Received {
  readonly requests: number
  readonly spans: number
  /** Different span ids. */
  readonly distinct: number
  /** Spans that were, or are about to be, answered with a success, less those that it refuses. */
  readonly acknowledged: number
  /** Spans by name. */
  readonly names: Readonly<Record<string, number>>
  /** When the first and the last request were read whole, in epoch ms. */
  readonly firstMs: number
  readonly lastMs: number
}

/** A decoded span; ids as hex, an absent parent as '', enums as OTLP's numbers. */
export interface CollectedSpan {
  readonly service: string
  readonly name: string
  readonly kind: number
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId: string
  readonly status: { readonly code: number; readonly message: string }
  readonly attributes: Readonly<Record<string, unknown>>
  readonly events: readonly { readonly name: string; readonly attributes: Readonly<Record<string, unknown>> }[]
}

/** An OTLP/HTTP collector in a process of its own. `service` selects by `service.name`; without it everything counts. */
export interface Collector {
  /** For OTEL_EXPORTER_OTLP_ENDPOINT; the path is not looked at. */
  readonly url: string
  behave(behaviour: CollectorBehaviour): Promise<void>
  received(service?: string): Promise<Received>
  /** How many spans have arrived. */
  count(service?: string): Promise<number>
  /** The first 20,000 spans of each service. */
  spans(service?: string): Promise<readonly CollectedSpan[]>
  /** The bodies of all requests that came in while `keepsBodies`, uncompressed. */
  bodies(): Promise<readonly Uint8Array[]>
  /** Forgets what has arrived. */
  reset(): Promise<void>
  stop(): void
}

export type CollectorRequest =
  | { readonly kind: 'behave'; readonly behaviour: CollectorBehaviour }
  | { readonly kind: 'received' | 'spans'; readonly service: string | undefined }
  | { readonly kind: 'bodies' | 'reset' }

/** Starts a collector; it ends with `stop` or with this process. */
export async function startCollector(behaviour: CollectorBehaviour = {}): Promise<Collector> {
  const child = fork(fileURLToPath(new URL('collector-process.ts', import.meta.url)), {
    execArgv: ['--import', 'tsx'],
    serialization: 'advanced',
  })
  const ask = createAsk(child)
  const url = (await ask.first) as string
  const collector: Collector = {
    url,
    behave: async next => void (await ask.request({ kind: 'behave', behaviour: next })),
    received: async service => (await ask.request({ kind: 'received', service })) as Received,
    count: async service => (await collector.received(service)).spans,
    spans: async service => (await ask.request({ kind: 'spans', service })) as CollectedSpan[],
    bodies: async () => (await ask.request({ kind: 'bodies' })) as Uint8Array[],
    reset: async () => void (await ask.request({ kind: 'reset' })),
    stop: () => {
      if (child.connected) child.disconnect()
    },
  }
  await collector.behave(behaviour)
  return collector
}

/** Questions and answers over IPC by number; the first answer, number 0, comes unasked. */
function createAsk(child: ChildProcess): {
  first: Promise<unknown>
  request: (request: CollectorRequest) => Promise<unknown>
} {
  const waiting = new Map<number, { resolve: (result: unknown) => void; reject: (error: Error) => void }>()
  const expect = (id: number): Promise<unknown> =>
    new Promise((resolve, reject) => waiting.set(id, { resolve, reject }))
  let last = 0
  child.on('message', ({ id, result }: { id: number; result: unknown }) => {
    waiting.get(id)?.resolve(result)
    waiting.delete(id)
  })
  child.on('exit', code => {
    for (const { reject } of waiting.values()) reject(new Error(`the collector has ended with code ${code}`))
  })
  return {
    first: expect(0),
    request: request => {
      const id = ++last
      const reply = expect(id)
      child.send({ id, request })
      return reply
    },
  }
}
