/** The process behind `startCollector`: an OTLP/HTTP server that decodes with the official descriptor and counts. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gunzipSync } from 'node:zlib'
import type { CollectedSpan, CollectorBehaviour, CollectorRequest, Received } from './collector.ts'
import { OfficialRequest, officialDecode, officialEncode, officialType } from './official-otlp.ts'

/** Whole spans that are kept for each service; beyond them they are only counted. */
const MAX_KEPT_SPANS = 20_000
const TRICKLE_INTERVAL_MS = 50
const OfficialResponse = officialType('collector.trace.v1.ExportTraceServiceResponse')

interface OtlpValue {
  readonly stringValue?: string
  readonly boolValue?: boolean
  readonly intValue?: string
  readonly doubleValue?: number
  readonly arrayValue?: { readonly values?: readonly OtlpValue[] }
}
interface OtlpKeyValue {
  readonly key: string
  readonly value: OtlpValue
}
interface OtlpSpan {
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId?: string
  readonly name?: string
  readonly kind?: number
  readonly attributes?: readonly OtlpKeyValue[]
  readonly events?: readonly { readonly name?: string; readonly attributes?: readonly OtlpKeyValue[] }[]
  readonly status?: { readonly code?: number; readonly message?: string }
}
interface OtlpRequest {
  readonly resourceSpans?: readonly {
    readonly resource?: { readonly attributes?: readonly OtlpKeyValue[] }
    readonly scopeSpans?: readonly { readonly spans?: readonly OtlpSpan[] }[]
  }[]
}
interface Account {
  requests: number
  spans: number
  acknowledged: number
  firstMs: number
  lastMs: number
  readonly ids: Set<string>
  readonly names: Map<string, number>
  readonly kept: CollectedSpan[]
}

const accounts = new Map<string, Account>()
const bodies: Uint8Array[] = []
let behaviour: CollectorBehaviour = {}

const server = createServer((incoming, response) => void take(incoming, response))
server.keepAliveTimeout = 60_000
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo
  process.send?.({ id: 0, result: `http://127.0.0.1:${port}` })
})
process.on('message', ({ id, request }: { id: number; request: CollectorRequest }) => {
  process.send?.({ id, result: answer(request) })
})
process.on('disconnect', () => process.exit())

async function take(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
  const { delayMs = 0, status = 200, headers = {}, rejectedSpans = 0, reply = 'whole', times, keepsBodies } = behaviour
  if (times !== undefined) behaviour = times > 1 ? { ...behaviour, times: times - 1 } : {}
  const body = await readBody(incoming)
  if (body === undefined) return
  if (keepsBodies === true) bodies.push(body)
  record(body, status < 300 && reply === 'whole', rejectedSpans)
  if (reply === 'silence') return
  if (delayMs > 0) await new Promise(resolve => setTimeout(resolve, delayMs))
  response.writeHead(status, { 'content-type': 'application/x-protobuf', ...headers })
  if (reply === 'whole') response.end(status < 300 ? partialSuccess(rejectedSpans) : undefined)
  else trickle(response)
}

/** Undefined where the client has gone before its request was whole. */
async function readBody(incoming: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = []
  try {
    for await (const chunk of incoming) chunks.push(chunk)
  } catch {
    return undefined
  }
  const body = Buffer.concat(chunks)
  return incoming.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body
}

/** Where nothing is refused, the empty message. */
function partialSuccess(rejectedSpans: number): Uint8Array {
  return officialEncode(OfficialResponse, rejectedSpans === 0 ? {} : { partialSuccess: { rejectedSpans } })
}

/** A body that never ends. */
function trickle(response: ServerResponse): void {
  const timer = setInterval(() => response.write('\0'), TRICKLE_INTERVAL_MS)
  response.on('close', () => clearInterval(timer))
}

function record(body: Buffer, succeeds: boolean, rejectedSpans: number): void {
  const { resourceSpans = [] } = officialDecode(OfficialRequest, body) as OtlpRequest
  for (const { resource, scopeSpans = [] } of resourceSpans) {
    const service = String(plain(resource?.attributes)['service.name'])
    const account = accountOf(service)
    account.requests++
    account.lastMs = Date.now()
    for (const { spans = [] } of scopeSpans) {
      if (succeeds) account.acknowledged += spans.length - rejectedSpans
      for (const span of spans) recordSpan(account, service, span)
    }
  }
}

function recordSpan(account: Account, service: string, span: OtlpSpan): void {
  const name = span.name ?? ''
  account.spans++
  account.ids.add(span.spanId)
  account.names.set(name, (account.names.get(name) ?? 0) + 1)
  if (account.kept.length >= MAX_KEPT_SPANS) return
  account.kept.push({
    service,
    name,
    kind: span.kind ?? 0,
    traceId: hex(span.traceId),
    spanId: hex(span.spanId),
    parentSpanId: hex(span.parentSpanId ?? ''),
    status: { code: span.status?.code ?? 0, message: span.status?.message ?? '' },
    attributes: plain(span.attributes),
    events: (span.events ?? []).map(event => ({ name: event.name ?? '', attributes: plain(event.attributes) })),
  })
}

function accountOf(service: string): Account {
  let account = accounts.get(service)
  if (account === undefined) {
    const counts = { requests: 0, spans: 0, acknowledged: 0, firstMs: Date.now(), lastMs: 0 }
    account = { ...counts, ids: new Set(), names: new Map(), kept: [] }
    accounts.set(service, account)
  }
  return account
}

function answer(request: CollectorRequest): unknown {
  switch (request.kind) {
    case 'behave':
      behaviour = request.behaviour
      return undefined
    case 'received':
      return sumUp(selected(request.service))
    case 'spans':
      return selected(request.service).flatMap(account => account.kept)
    case 'bodies':
      return bodies
    case 'reset':
      accounts.clear()
      bodies.length = 0
      return undefined
  }
}

function selected(service: string | undefined): Account[] {
  if (service === undefined) return [...accounts.values()]
  const account = accounts.get(service)
  return account === undefined ? [] : [account]
}

function sumUp(chosen: readonly Account[]): Received {
  const sum = (pick: (account: Account) => number): number => chosen.reduce((total, each) => total + pick(each), 0)
  const names: Record<string, number> = {}
  for (const account of chosen) {
    for (const [name, count] of account.names) names[name] = (names[name] ?? 0) + count
  }
  return {
    requests: sum(account => account.requests),
    spans: sum(account => account.spans),
    distinct: sum(account => account.ids.size),
    acknowledged: sum(account => account.acknowledged),
    names,
    firstMs: Math.min(...chosen.map(account => account.firstMs)),
    lastMs: Math.max(...chosen.map(account => account.lastMs)),
  }
}

function plain(attributes: readonly OtlpKeyValue[] = []): Record<string, unknown> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, plainValue(value)]))
}

function plainValue({ stringValue, boolValue, intValue, doubleValue, arrayValue }: OtlpValue): unknown {
  if (arrayValue !== undefined) return (arrayValue.values ?? []).map(plainValue)
  if (intValue !== undefined) return Number(intValue)
  return stringValue ?? boolValue ?? doubleValue
}

function hex(base64: string): string {
  return Buffer.from(base64, 'base64').toString('hex')
}
