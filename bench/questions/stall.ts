import { type Program, startProgram } from '../program.ts'
import { type Answer, type Row, ratio, row } from '../report.ts'
import { startOtlpSink } from '../sinks/otlp.ts'
import { perRound, takeTurns } from '../turns.ts'

export const title = 'stall: how long the event loop stands still at most while a burst of 10,000 spans is exported'

const SUBJECTS = ['blueprint', 'opentelemetry', 'none'] as const
type Subject = (typeof SUBJECTS)[number]

const SPANS_PER_BURST = 10_000
/** Every contender has delivered its burst well before. */
const WINDOW_MS = 1_000
const MAX_ROUNDS = 11
const WARM_UP_ROUNDS = 2

interface Stall {
  readonly burstMs: number
  readonly stallMs: number
}

export async function answer(wantedRounds: number): Promise<Answer> {
  const rounds = Math.min(wantedRounds, MAX_ROUNDS)
  const sink = await startOtlpSink()
  const programs = new Map<Subject, Program>()
  try {
    for (const subject of SUBJECTS) {
      programs.set(subject, await startProgram('programs/stall.mjs', [subject, sink.url(subject)]))
    }
    const stalls = await takeTurns(SUBJECTS, { rounds, warmUpRounds: WARM_UP_ROUNDS }, subject =>
      programs.get(subject)!.ask<Stall>({ spans: SPANS_PER_BURST, windowMs: WINDOW_MS }),
    )
    const expected = SPANS_PER_BURST * (WARM_UP_ROUNDS + rounds)
    for (const subject of ['blueprint', 'opentelemetry']) await sink.assertCount(subject, expected)
    return evaluate(stalls)
  } finally {
    for (const { close } of [...programs.values(), sink]) close()
  }
}

function evaluate(stalls: Record<Subject, Stall[]>): Answer {
  const added = (subject: Subject): number[] =>
    perRound(stalls[subject], stalls.none, (traced, untraced) => traced.stallMs - untraced.stallMs)
  return {
    rows: SUBJECTS.flatMap((subject): Row[] => [
      row(
        'stall',
        subject,
        'ms',
        stalls[subject].map(({ stallMs }) => stallMs),
      ),
      row(
        'burst-recorded',
        subject,
        'ms',
        stalls[subject].map(({ burstMs }) => burstMs),
      ),
    ]),
    ratios: [
      ratio('stall', 'ms added', added('blueprint')),
      ratio('stall-opentelemetry', 'ms added', added('opentelemetry')),
    ],
  }
}
