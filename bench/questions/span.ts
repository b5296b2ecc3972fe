import { runContest } from '../contest.ts'
import type { Answer, Settings } from '../report.ts'
import { join, standing, withoutOurs } from '../standing.ts'

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
/** In a contest of their own, since they are so slow that the others would get fewer rounds. */
const SLOW = ['blueprint', 'dd-trace', 'jaeger-client', 'sentry']

const QUICK: readonly Round[] = ['plain', 'active'].map(kind => ({ kind, contenders: GATED, budgetMs: 20_000 }))
const WHOLE: readonly Round[] = [
  ...['plain', 'active', 'child'].flatMap(kind => [
    { kind, contenders: MAIN, budgetMs: 15_000 },
    { kind, contenders: SLOW, budgetMs: 20_000 },
  ]),
  ...['plain-0', 'plain-10', 'active-0', 'active-10'].map(kind => ({ kind, contenders: MAIN, budgetMs: 10_000 })),
]

export async function answer(rounds: number, { quick }: Settings): Promise<Answer> {
  const answers: Answer[] = []
  for (const round of quick ? QUICK : WHOLE) {
    const contest = { ...round, spansPerRound: SPANS_PER_ROUND, warmUpRounds: 15, rounds, acceptsLoss: true }
    const given = standing(`span-${round.kind}`, await runContest(contest), ({ callerNs }) => callerNs)
    answers.push(round.contenders === SLOW ? withoutOurs(given) : given)
  }
  return join(answers)
}
