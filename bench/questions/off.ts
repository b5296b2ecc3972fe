import { type Program, startProgram } from '../program.ts'
import { type Answer, ratio, row } from '../report.ts'
import { perRound, takeTurns } from '../turns.ts'

export const title = 'off: a traced function while tracing is off against the bare one, and a span with five attributes'

const FUNCTIONS = ['bare', 'wrapped while off', 'wrapped before'] as const
const SPANS = ['blueprint span', 'opentelemetry span'] as const
const SUBJECTS = [...FUNCTIONS, ...SPANS]
type Subject = (typeof SUBJECTS)[number]

const CALLS_PER_ROUND = 10_000_000
const SPANS_PER_ROUND = 200_000
const WARM_UP_ROUNDS = 3

export async function answer(rounds: number): Promise<Answer> {
  const programs = new Map<Subject, Program>()
  try {
    for (const subject of SUBJECTS) programs.set(subject, await startProgram('programs/off.mjs', [subject]))
    return evaluate(
      await takeTurns(SUBJECTS, { rounds, warmUpRounds: WARM_UP_ROUNDS }, async subject => {
        const times = (FUNCTIONS as readonly Subject[]).includes(subject) ? CALLS_PER_ROUND : SPANS_PER_ROUND
        return (await programs.get(subject)!.ask<{ ns: number }>({ times })).ns
      }),
    )
  } finally {
    for (const { close } of programs.values()) close()
  }
}

function evaluate(ns: Record<Subject, number[]>): Answer {
  const added = (subject: Subject): number[] => perRound(ns[subject], ns.bare, (wrapped, bare) => wrapped - bare)
  return {
    rows: SUBJECTS.map(subject => row('off', subject, 'ns', ns[subject])),
    ratios: [
      ratio('off-wrapped', 'ns added', added('wrapped while off')),
      ratio('off-wrapped-before', 'ns added', added('wrapped before')),
      ratio(
        'off-span',
        'opentelemetry',
        perRound(ns['blueprint span'], ns['opentelemetry span'], (ours, theirs) => ours / theirs),
      ),
    ],
  }
}
