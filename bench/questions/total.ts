import { runContest } from '../contest.ts'
import { type Answer, ratio, row } from '../report.ts'

export const title = 'total: processor time of the whole process, all threads, per acknowledged span'

export async function answer(rounds: number): Promise<Answer> {
  const contenders = ['blueprint', 'opentelemetry']
  const costs = await runContest({ contenders, kind: 'active', spansPerRound: 20_000, warmUpRounds: 8, rounds })
  const ns = (contender: string): number[] => costs[contender]!.map(cost => cost.totalNs)
  const ours = ns('blueprint')
  return {
    rows: contenders.map(contender => row('total', contender, 'ns', ns(contender))),
    ratios: [
      ratio(
        'total',
        'opentelemetry',
        ns('opentelemetry').map((value, round) => ours[round]! / value),
      ),
    ],
  }
}
