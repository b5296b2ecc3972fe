import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { decodeDatagram, officialIdl } from '../../test/support/jaeger-thrift.ts'
import { OfficialRequest } from '../../test/support/official-otlp.ts'
import { COUNT, type Texts } from '../encoders/spans.ts'
import { type Answer, type Ratio, type Row, ratio, row } from '../report.ts'

export const title = 'exporters: encoding a span of five attributes, in requests of 500'

const ENCODERS = [
  'otlp',
  'opentelemetry',
  'protobufjs',
  'otlp-json',
  'jaeger-compact',
  'jaeger-binary',
  'jaeger-client',
  'cloud-trace',
  'zipkin',
] as const
type Encoder = (typeof ENCODERS)[number]

/** Each of ours with those that make the same of the same spans; they are compared where texts are new as well. */
const COMPARED: readonly (readonly [ours: Encoder, rivals: readonly Encoder[]])[] = [
  ['otlp', ['opentelemetry', 'protobufjs']],
  ['jaeger-binary', ['jaeger-client']],
]
const ATTRIBUTES = ['mesh.closed', 'mesh.format', 'mesh.vertices', 'pipeline.step', 'scene.id']
/** What stands before the batch in Thrift's binary protocol: version and type, the name and its length, the number, a field's head. */
const EMIT_BATCH_BYTES = 4 + 4 + 'emitBatch'.length + 4 + 3
const WARM_UP_ROUNDS = 8
const REQUESTS_PER_ROUND = 20

interface Contender {
  readonly encoder: Encoder
  readonly texts: Texts
  readonly costs: Cost[]
}

interface Cost {
  /** On the wall clock and as processor time of all threads, a span. */
  readonly wallNs: number
  readonly cpuNs: number
}

export async function answer(rounds: number): Promise<Answer> {
  const compared = COMPARED.flatMap(([ours, rivals]) => [ours, ...rivals])
  const on = (texts: Texts) => (encoder: Encoder) => ({ encoder, texts, costs: [] })
  const contenders: Contender[] = [...ENCODERS.map(on('repeated')), ...compared.map(on('new'))]
  await measure(contenders, rounds)
  return {
    rows: contenders.flatMap(rowsOf),
    ratios: [...ratiosOf('encode', 'repeated', contenders), ...ratiosOf('encode-new', 'new', contenders)],
  }
}

function rowsOf({ encoder, texts, costs }: Contender): Row[] {
  const cpuNs = costs.map(cost => cost.cpuNs)
  if (texts === 'new') return [row('encode-new', encoder, 'ns', cpuNs)]
  const perSecond = costs.map(({ wallNs }) => 1e9 / wallNs)
  return [row('encode', encoder, 'ns', cpuNs), row('encode-rate', encoder, 'spans/s', perSecond)]
}

function ratiosOf(name: string, texts: Texts, contenders: readonly Contender[]): Ratio[] {
  const costsOf = (encoder: Encoder): readonly Cost[] =>
    contenders.find(contender => contender.encoder === encoder && contender.texts === texts)!.costs
  return COMPARED.flatMap(([ours, rivals]) =>
    rivals.map(rival => {
      const values = costsOf(rival).map(({ cpuNs }, round) => cpuNs / costsOf(ours)[round]!.cpuNs)
      return ratio(name, rival, values, 'at least')
    }),
  )
}

/** Rounds of all contenders in turn, each in its own process. Throws where one does not encode every span. */
async function measure(contenders: readonly Contender[], rounds: number): Promise<void> {
  const children = await Promise.all(contenders.map(start))
  try {
    for (const [index, { encoder }] of contenders.entries()) {
      assertWhole(encoder, await ask<{ messages: string[] }>(children[index]!, 0))
    }
    for (let round = -WARM_UP_ROUNDS; round < rounds; round++) {
      for (const [index, { costs }] of contenders.entries()) {
        const cost = await ask<Cost>(children[index]!, REQUESTS_PER_ROUND)
        if (round >= 0) costs.push(cost)
      }
    }
  } finally {
    for (const child of children) child.disconnect()
  }
}

function assertWhole(encoder: Encoder, { messages }: { readonly messages: readonly string[] }): void {
  const keys = messages.flatMap(message => keysIn(encoder, Buffer.from(message, 'base64')))
  const whole = keys.filter(ofSpan => ATTRIBUTES.every(key => ofSpan.includes(key))).length
  if (whole !== COUNT) throw new Error(`invalid: ${encoder} encoded ${whole} of ${COUNT} spans`)
}

/** The keys of each span's attributes. */
function keysIn(encoder: Encoder, message: Buffer): string[][] {
  switch (encoder) {
    case 'otlp':
    case 'opentelemetry':
    case 'protobufjs': {
      const request: unknown = OfficialRequest.toObject(OfficialRequest.decode(message), {})
      return spansIn(request as OtlpRequest).map(({ attributes }) => attributes.map(({ key }) => key))
    }
    case 'otlp-json':
      return spansIn(JSON.parse(message.toString())).map(({ attributes }) => attributes.map(({ key }) => key))
    case 'jaeger-compact':
      return decodeDatagram(message, 'compact').spans.map(keysOf)
    case 'jaeger-binary':
      return decodeDatagram(message, 'binary').spans.map(keysOf)
    case 'jaeger-client':
      return lenientSpans(message).map(keysOf)
    case 'cloud-trace':
      return (JSON.parse(message.toString()) as { spans: { attributes: { attributeMap: object } }[] }).spans.map(
        ({ attributes }) => Object.keys(attributes.attributeMap),
      )
    case 'zipkin':
      return (JSON.parse(message.toString()) as { tags: object }[]).map(({ tags }) => Object.keys(tags))
  }
}

function keysOf({ tags = [] }: JaegerSpan): string[] {
  return tags.map(({ key }) => key)
}

/** jaeger-client sets the fields of all types in every tag, which the tests do not allow us. */
function lenientSpans(datagram: Buffer): readonly JaegerSpan[] {
  const { err, value } = officialIdl.models.Batch!.rw!.readFrom(datagram, EMIT_BATCH_BYTES)
  if (err) throw err
  return (value as { spans: readonly JaegerSpan[] }).spans
}

interface JaegerSpan {
  readonly tags?: readonly { readonly key: string }[]
}
interface OtlpRequest {
  readonly resourceSpans: readonly { readonly scopeSpans: readonly { readonly spans: readonly OtlpSpan[] }[] }[]
}
interface OtlpSpan {
  readonly attributes: readonly { readonly key: string }[]
}

function spansIn({ resourceSpans }: OtlpRequest): OtlpSpan[] {
  return resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans))
}

async function start({ encoder, texts }: Contender): Promise<ChildProcess> {
  const program = join(import.meta.dirname, '../encoder-process.mjs')
  const child = fork(program, [encoder, texts], { execArgv: ['--import', 'tsx'] })
  const [outcome] = await Promise.race([once(child, 'message'), once(child, 'exit')])
  if (outcome !== 'ready') throw new Error(`invalid: ${encoder} did not start`)
  return child
}

async function ask<T>(child: ChildProcess, requests: number): Promise<T> {
  const answer = once(child, 'message')
  child.send(requests)
  const [message] = (await answer) as [T]
  return message
}
