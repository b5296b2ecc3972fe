import assert from 'node:assert/strict'
import { type Program, startProgram } from '../program.ts'
import { type Answer, ratio, row } from '../report.ts'
import { perRound, takeTurns } from '../turns.ts'

export const title = 'propagate: a context with trace state and baggage out of headers, made current, and into others'

const SUBJECTS = ['blueprint', 'opentelemetry'] as const
const OPERATIONS = ['propagate', 'extract', 'inject'] as const
/** Of the parts, which have no target. */
const MAX_ROUNDS_OF_PARTS = 9
const TIMES_PER_ROUND = 1_500
const WARM_UP_ROUNDS = 3

interface Cost {
  readonly ns: number
  readonly afterCollectionNs: number
  readonly carrier: Readonly<Record<string, string>>
}

/** What has to arrive from the first request. */
const EXPECTED = {
  traceparent: '00-4bf92f3577b34da6a3ce929d00000000-00f067aa0ba902b7-01',
  tracestate: 'rojo=00f067aa0ba902b7,congo=t61rcWkgMzE',
  baggage: 'tenant=acme,scene.id=scene_0,region=eu-west-1',
}

export async function answer(wantedRounds: number): Promise<Answer> {
  const programs = new Map<string, Program>()
  try {
    for (const subject of SUBJECTS) programs.set(subject, await startProgram('programs/propagate.mjs', [subject]))
    const answers: Answer[] = []
    for (const operation of OPERATIONS) {
      const rounds = operation === 'propagate' ? wantedRounds : Math.min(wantedRounds, MAX_ROUNDS_OF_PARTS)
      const costs = await takeTurns(SUBJECTS, { rounds, warmUpRounds: WARM_UP_ROUNDS }, async subject => {
        const cost = await programs.get(subject)!.ask<Cost>({ operation, times: TIMES_PER_ROUND })
        if (operation !== 'extract') assert.deepEqual(cost.carrier, EXPECTED, `invalid: ${subject} lost some of it`)
        return cost
      })
      answers.push(evaluate(operation, costs))
    }
    return { rows: answers.flatMap(({ rows }) => rows), ratios: answers.flatMap(({ ratios }) => ratios) }
  } finally {
    for (const { close } of programs.values()) close()
  }
}

function evaluate(operation: string, costs: Record<(typeof SUBJECTS)[number], Cost[]>): Answer {
  const figures = [
    [operation, (cost: Cost) => cost.ns],
    [`${operation}-after-gc`, (cost: Cost) => cost.afterCollectionNs],
  ] as const
  return {
    rows: figures.flatMap(([name, of]) => SUBJECTS.map(subject => row(name, subject, 'ns', costs[subject].map(of)))),
    ratios: figures.map(([name, of]) =>
      ratio(
        name,
        'opentelemetry',
        perRound(costs.blueprint, costs.opentelemetry, (ours, theirs) => of(ours) / of(theirs)),
      ),
    ),
  }
}
