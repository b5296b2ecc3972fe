import { runContest } from '../contest.ts'
import type { Answer, Settings } from '../report.ts'
import { join, standing, withoutOurs } from '../standing.ts'

export const title = 'total: processor time of the whole process, all threads, per acknowledged span'

const GATED = ['blueprint', 'opentelemetry']
const MAIN = [...GATED, 'opentelemetry (defaults)']
/** As in span. */
const SLOW = ['blueprint', 'dd-trace', 'sentry']
const CONTEST = { kind: 'active', spansPerRound: 20_000, warmUpRounds: 8, budgetMs: 25_000, acceptsLoss: true }

export async function answer(rounds: number, { quick }: Settings): Promise<Answer> {
  const measure = async (contenders: readonly string[]): Promise<Answer> =>
    standing('total', await runContest({ ...CONTEST, contenders, rounds }), ({ totalNs }) => totalNs)
  if (quick) return await measure(GATED)
  return join([await measure(MAIN), withoutOurs(await measure(SLOW))])
}
