import { type RoundCost, runContest } from '../contest.ts'
import { type Answer, ratio, row } from '../report.ts'

export const title = 'span: what a span with five attributes costs the thread that records it'

export async function answer(rounds: number): Promise<Answer> {
  const contenders = ['blueprint', 'opentelemetry', 'floor']
  const answers: Answer[] = []
  for (const kind of ['plain', 'active'] as const) {
    const costs = await runContest({ contenders, kind, spansPerRound: 10_000, warmUpRounds: 15, rounds })
    answers.push(evaluate(`span-${kind}`, contenders, costs))
  }
  return { rows: answers.flatMap(({ rows }) => rows), ratios: answers.flatMap(({ ratios }) => ratios) }
}

function evaluate(name: string, contenders: readonly string[], costs: Record<string, RoundCost[]>): Answer {
  const ns = (contender: string): number[] => costs[contender]!.map(cost => cost.callerNs)
  const ours = ns('blueprint')
  const against = (rival: string): number[] => ns(rival).map((value, round) => ours[round]! / value)
  return {
    rows: contenders.map(contender => row(name, contender, 'ns', ns(contender))),
    ratios: ['opentelemetry', 'floor'].map(rival => ratio(name, rival, against(rival))),
  }
}
