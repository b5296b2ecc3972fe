import type { RoundCost } from './contest.ts'
import { type Answer, type Row, ratio, row } from './report.ts'

/** How the contenders of a contest stand: a row each, and ours over every other whose spans all arrived. */
export function standing(name: string, costs: Record<string, RoundCost[]>, of: (cost: RoundCost) => number): Answer {
  // A contender without such rounds has no costs.
  const measured = Object.entries(costs).filter(([, rounds]) => rounds.length > 0)
  const rows = measured.map(([contender, rounds]) => rowOf(name, contender, rounds, of))
  const ours = costs.blueprint!.map(of)
  const rivals = measured.filter(
    ([contender], index) => contender !== 'blueprint' && rows[index]!.invalid === undefined,
  )
  return {
    rows,
    ratios: rivals.map(([rival, rounds]) =>
      ratio(
        name,
        rival,
        rounds.map((cost, round) => ours[round]! / of(cost)),
      ),
    ),
  }
}

/** Of a second contest: our row stands in the first one already. */
export function withoutOurs({ rows, ratios }: Answer): Answer {
  return { rows: rows.filter(({ subject }) => subject !== 'blueprint'), ratios }
}

export function join(answers: readonly Answer[]): Answer {
  return { rows: answers.flatMap(({ rows }) => rows), ratios: answers.flatMap(({ ratios }) => ratios) }
}

function rowOf(name: string, contender: string, rounds: readonly RoundCost[], of: (cost: RoundCost) => number): Row {
  const lost = rounds.reduce((sum, { lostSpans }) => sum + lostSpans, 0)
  const all = rounds.reduce((sum, { spans }) => sum + spans, 0)
  const validity = lost === 0 ? {} : { invalid: `the sink lacks ${lost} of its ${all} spans` }
  return row(name, contender, 'ns', rounds.map(of), validity)
}
