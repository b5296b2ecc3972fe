import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { type Answer, type Row, ratio, row } from '../report.ts'
import { startOtlpSink } from '../sinks/otlp.ts'
import { perRound, takeTurns } from '../turns.ts'

export const title = 'exit: what a program takes longer that ends with 1,000 spans on their way'

const SUBJECTS = ['blueprint', 'opentelemetry', 'none'] as const
type Subject = (typeof SUBJECTS)[number]

const SPANS = 1_000
const WARM_UP_ROUNDS = 2

interface Run {
  /** From start to end. */
  readonly programMs: number
  /** From its last line to its end. */
  readonly exitMs: number
}

export async function answer(rounds: number): Promise<Answer> {
  const sink = await startOtlpSink()
  try {
    const runs = await takeTurns(SUBJECTS, { rounds, warmUpRounds: WARM_UP_ROUNDS }, subject =>
      runOnce(subject, sink.url(subject)),
    )
    const expected = SPANS * (WARM_UP_ROUNDS + rounds)
    for (const subject of ['blueprint', 'opentelemetry']) await sink.assertCount(subject, expected)
    return evaluate(runs)
  } finally {
    sink.close()
  }
}

async function runOnce(subject: Subject, url: string): Promise<Run> {
  const program = join(import.meta.dirname, '../programs/exit.mjs')
  const start = process.hrtime.bigint()
  const child = spawn(process.execPath, [program, subject, url, String(SPANS)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const lastLine = text(child.stdout)
  const [code] = (await once(child, 'exit')) as [number | null]
  const end = process.hrtime.bigint()
  if (code !== 0) throw new Error(`the program with ${subject} ended with code ${code}`)
  return { programMs: ms(end - start), exitMs: ms(end - BigInt(await lastLine)) }
}

function evaluate(runs: Record<Subject, Run[]>): Answer {
  const added = (subject: Subject, figure: keyof Run): number[] =>
    perRound(runs[subject], runs.none, (traced, untraced) => traced[figure] - untraced[figure])
  const against = (figure: keyof Run): number[] =>
    perRound(added('blueprint', figure), added('opentelemetry', figure), (ours, theirs) => ours / theirs)
  return {
    rows: SUBJECTS.flatMap((subject): Row[] => [
      row(
        'program',
        subject,
        'ms',
        runs[subject].map(({ programMs }) => programMs),
      ),
      row(
        'exit',
        subject,
        'ms',
        runs[subject].map(({ exitMs }) => exitMs),
      ),
    ]),
    ratios: [
      ratio('program-added', 'ms', added('blueprint', 'programMs')),
      ratio('program-added', 'opentelemetry', against('programMs')),
      ratio('exit-added', 'ms', added('blueprint', 'exitMs')),
      ratio('exit-added', 'opentelemetry', against('exitMs')),
    ],
  }
}

function ms(ns: bigint): number {
  return Number(ns) / 1e6
}
