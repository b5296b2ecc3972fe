import { type RoundCost, runContest } from '../contest.ts'
import { type Answer, ratio, row } from '../report.ts'

export const title = 'burst: how many of 100,000 spans arrive that one synchronous loop records'

const SPANS = 100_000
const MAX_ROUNDS = 2
const CONTENDERS = ['blueprint', 'opentelemetry (defaults)', 'opentelemetry', 'dd-trace', 'jaeger-client', 'sentry']

export async function answer(wantedRounds: number): Promise<Answer> {
  const costs = await runContest({
    contenders: CONTENDERS,
    kind: 'plain',
    spansPerRound: SPANS,
    spansPerBurst: SPANS,
    warmUpRounds: 0,
    rounds: Math.min(wantedRounds, MAX_ROUNDS),
    acceptsLoss: true,
  })
  const arrived = (rounds: readonly RoundCost[]): number[] =>
    rounds.map(({ lostSpans }) => ((SPANS - lostSpans) / SPANS) * 100)
  return {
    rows: CONTENDERS.map(contender => row('burst', contender, '% arrived', arrived(costs[contender]!))),
    ratios: [ratio('burst', '%', arrived(costs.blueprint!), 'at least')],
  }
}
