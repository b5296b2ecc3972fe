import { runContest } from '../contest.ts'
import type { Answer, Settings } from '../report.ts'
import { standing } from '../standing.ts'

export const title = 'span: what a span costs the thread that records it'

interface Round {
  /** As the rounds of contenders/ and the rows are named; with five attributes where no number says otherwise. */
  readonly kind: string
  readonly contenders: readonly string[]
  readonly budgetMs: number
}

const SPANS_PER_ROUND = 10_000
const GATED = ['blueprint', 'opentelemetry', 'floor']
const MAIN = ['blueprint', 'opentelemetry', 'opentelemetry (defaults)', 'floor']
const EVERYBODY = [...MAIN.slice(0, -1), 'dd-trace', 'jaeger-client', 'sentry', 'floor']

const QUICK: readonly Round[] = ['plain', 'active'].map(kind => ({ kind, contenders: GATED, budgetMs: 20_000 }))
const WHOLE: readonly Round[] = [
  ...['plain', 'active', 'child'].map(kind => ({ kind, contenders: EVERYBODY, budgetMs: 35_000 })),
  ...['plain-0', 'plain-10', 'active-0', 'active-10'].map(kind => ({ kind, contenders: MAIN, budgetMs: 12_000 })),
]

export async function answer(rounds: number, { quick }: Settings): Promise<Answer> {
  const answers: Answer[] = []
  for (const round of quick ? QUICK : WHOLE) {
    const contest = { ...round, spansPerRound: SPANS_PER_ROUND, warmUpRounds: 15, rounds, acceptsLoss: true }
    const costs = await runContest(contest)
    answers.push(standing(`span-${round.kind}`, costs, ({ callerNs }) => callerNs))
  }
  return { rows: answers.flatMap(({ rows }) => rows), ratios: answers.flatMap(({ ratios }) => ratios) }
}
