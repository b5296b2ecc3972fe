import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { OfficialRequest } from '../../test/support/official-otlp.ts'
import { COUNT } from '../encoders/spans.ts'
import { type Answer, type Row, ratio, row } from '../report.ts'

export const title = 'exporters: encoding a span of five attributes, in requests of 500'

const ENCODERS = ['otlp', 'opentelemetry', 'protobufjs', 'otlp-json', 'cloud-trace', 'zipkin'] as const
type Encoder = (typeof ENCODERS)[number]
/** These give the same message, so that all can be read back. */
const PROTOBUF: readonly Encoder[] = ['otlp', 'opentelemetry', 'protobufjs']
const WARM_UP_ROUNDS = 8
const REQUESTS_PER_ROUND = 20

interface Cost {
  /** On the wall clock and as processor time of all threads, a span. */
  readonly wallNs: number
  readonly cpuNs: number
}

export async function answer(rounds: number): Promise<Answer> {
  const costs = await measure(rounds)
  const cpu = (encoder: Encoder): number[] => costs[encoder].map(({ cpuNs }) => cpuNs)
  const ours = cpu('otlp')
  const against = (rival: Encoder): number[] => cpu(rival).map((ns, round) => ns / ours[round]!)
  return {
    rows: ENCODERS.flatMap((encoder): Row[] => [
      row('encode', encoder, 'ns', cpu(encoder)),
      row(
        'encode-rate',
        encoder,
        'spans/s',
        costs[encoder].map(({ wallNs }) => 1e9 / wallNs),
      ),
    ]),
    ratios: [
      ratio('encode', 'opentelemetry', against('opentelemetry'), 'at least'),
      ratio('encode', 'protobufjs', against('protobufjs'), 'at least'),
    ],
  }
}

/** Rounds of all encoders in turn, each in its own process. Throws where one does not encode every span. */
async function measure(rounds: number): Promise<Record<Encoder, Cost[]>> {
  const children = await Promise.all(ENCODERS.map(start))
  const costs = Object.fromEntries(ENCODERS.map(name => [name, [] as Cost[]])) as Record<Encoder, Cost[]>
  try {
    for (const [index, name] of ENCODERS.entries()) {
      if (PROTOBUF.includes(name)) assertWhole(name, await ask<{ bytes: string }>(children[index]!, 0))
    }
    for (let round = -WARM_UP_ROUNDS; round < rounds; round++) {
      for (const [index, name] of ENCODERS.entries()) {
        const cost = await ask<Cost>(children[index]!, REQUESTS_PER_ROUND)
        if (round >= 0) costs[name].push(cost)
      }
    }
    return costs
  } finally {
    for (const child of children) child.disconnect()
  }
}

function assertWhole(name: string, { bytes }: { readonly bytes: string }): void {
  const request = OfficialRequest.toObject(OfficialRequest.decode(Buffer.from(bytes, 'base64')), {}) as {
    resourceSpans: { scopeSpans: { spans: { attributes: object[] }[] }[] }[]
  }
  const spans = request.resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(each => each.spans))
  const whole = spans.filter(({ attributes }) => attributes.length === 5).length
  if (whole !== COUNT) throw new Error(`invalid: ${name} encoded ${whole} of ${COUNT} spans`)
}

async function start(name: string): Promise<ChildProcess> {
  const program = join(import.meta.dirname, '../encoder-process.mjs')
  const child = fork(program, [name], { execArgv: ['--expose-gc', '--import', 'tsx'] })
  await once(child, 'message')
  return child
}

async function ask<T>(child: ChildProcess, requests: number): Promise<T> {
  const answer = once(child, 'message')
  child.send(requests)
  const [message] = (await answer) as [T]
  return message
}
