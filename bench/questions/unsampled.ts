import { type Program, startProgram } from '../program.ts'
import { type Answer, ratio, row } from '../report.ts'
import { startOtlpSink } from '../sinks/otlp.ts'
import { perRound, takeTurns } from '../turns.ts'

export const title = 'unsampled: an active span with five attributes that the sampler does not take'

const SUBJECTS = ['blueprint', 'recorded', 'opentelemetry'] as const
const SPANS_PER_ROUND = 20_000
const WARM_UP_ROUNDS = 10

export async function answer(rounds: number): Promise<Answer> {
  const sink = await startOtlpSink()
  const programs = new Map<string, Program>()
  try {
    for (const subject of SUBJECTS) {
      programs.set(subject, await startProgram('programs/unsampled.mjs', [subject, sink.url(subject)]))
    }
    const ns = await takeTurns(SUBJECTS, { rounds, warmUpRounds: WARM_UP_ROUNDS }, async subject => {
      const answer = await programs.get(subject)!.ask<{ ns: number }>({ spans: SPANS_PER_ROUND })
      return answer.ns
    })
    // That those not sampled are not sent shows that they are what they are called.
    await sink.assertCount('recorded', SPANS_PER_ROUND * (WARM_UP_ROUNDS + rounds))
    for (const subject of ['blueprint', 'opentelemetry']) await sink.assertCount(subject, 0)
    return evaluate(ns)
  } finally {
    for (const { close } of [...programs.values(), sink]) close()
  }
}

function evaluate(ns: Record<(typeof SUBJECTS)[number], number[]>): Answer {
  const against = (rival: number[]): number[] => perRound(ns.blueprint, rival, (ours, theirs) => ours / theirs)
  return {
    rows: SUBJECTS.map(subject => row('unsampled', subject, 'ns', ns[subject])),
    ratios: [
      ratio('unsampled', 'recorded', against(ns.recorded)),
      ratio('unsampled', 'opentelemetry', against(ns.opentelemetry)),
      ratio('unsampled', 'ns', ns.blueprint),
    ],
  }
}
