import { runContest } from '../contest.ts'
import type { Answer, Settings } from '../report.ts'
import { standing } from '../standing.ts'

export const title = 'total: processor time of the whole process, all threads, per acknowledged span'

const GATED = ['blueprint', 'opentelemetry']
const EVERYBODY = [...GATED, 'opentelemetry (defaults)', 'dd-trace', 'sentry']
const SPANS_PER_ROUND = 20_000

export async function answer(rounds: number, { quick }: Settings): Promise<Answer> {
  const costs = await runContest({
    contenders: quick ? GATED : EVERYBODY,
    kind: 'active',
    spansPerRound: SPANS_PER_ROUND,
    warmUpRounds: 8,
    rounds,
    budgetMs: quick ? 25_000 : 45_000,
    acceptsLoss: true,
  })
  return standing('total', costs, ({ totalNs }) => totalNs)
}
