import { startProgram } from '../program.ts'
import { clearProgress, showProgress } from '../progress.ts'
import { type Answer, ratio, row } from '../report.ts'
import { type OtlpSink, startOtlpSink } from '../sinks/otlp.ts'
import { perRound, takeTurns } from '../turns.ts'

export const title =
  'memory: what 10,000 spans a second add to the resident memory, and bytes a span takes from the heap'

const SUBJECTS = ['blueprint', 'opentelemetry', 'none'] as const
const TRACERS = ['blueprint', 'opentelemetry'] as const
type Subject = (typeof SUBJECTS)[number]

const SPANS_PER_SECOND = 10_000
const SECONDS = 5
const MAX_ROUNDS = 5

const SPANS_PER_ALLOCATION = 5_000
const WARM_UP_ALLOCATIONS = 8
const MAX_ALLOCATIONS = 9
/** Holds what any contender allocates in a round, and what its exporter does meanwhile, without a collection. */
const YOUNG_GENERATION = ['--min-semi-space-size=128', '--max-semi-space-size=128']

export async function answer(rounds: number): Promise<Answer> {
  const sink = await startOtlpSink()
  try {
    const resident = await measureResident(sink, Math.min(rounds, MAX_ROUNDS))
    const allocated = await measureAllocated(sink, Math.min(rounds, MAX_ALLOCATIONS))
    return { rows: [...resident.rows, ...allocated.rows], ratios: [...resident.ratios, ...allocated.ratios] }
  } finally {
    sink.close()
  }
}

/** The contenders of a round run at once: they are paced, and memory does not depend on whose turn it is. */
async function measureResident(sink: OtlpSink, rounds: number): Promise<Answer> {
  const readings: Record<Subject, number>[] = []
  for (let round = 0; round < rounds; round++) {
    showProgress(`round ${round + 1} of ${rounds}`)
    const measured = SUBJECTS.map(async subject => [subject, await residentMb(subject, sink)] as const)
    readings.push(Object.fromEntries(await Promise.all(measured)) as Record<Subject, number>)
  }
  clearProgress()
  for (const tracer of TRACERS) await sink.assertCount(tracer, SPANS_PER_SECOND * SECONDS * rounds)
  const addedMb = (tracer: Subject): number[] => readings.map(reading => reading[tracer] - reading.none)
  return {
    rows: [
      ...SUBJECTS.map(subject =>
        row(
          'resident',
          subject,
          'MB',
          readings.map(reading => reading[subject]),
        ),
      ),
      ...TRACERS.map(tracer => row('resident-added', tracer, 'MB', addedMb(tracer))),
    ],
    ratios: [
      ratio(
        'memory',
        'opentelemetry',
        perRound(addedMb('blueprint'), addedMb('opentelemetry'), (ours, theirs) => ours / theirs),
      ),
      ratio('memory', 'MB', addedMb('blueprint')),
    ],
  }
}

async function residentMb(subject: Subject, sink: OtlpSink): Promise<number> {
  const program = await startProgram('programs/memory.mjs', [subject, sink.url(subject)], { execArgv: [] })
  try {
    return (await program.ask<{ rssMb: number }>({ spansPerSecond: SPANS_PER_SECOND, seconds: SECONDS })).rssMb
  } finally {
    program.close()
  }
}

async function measureAllocated(sink: OtlpSink, rounds: number): Promise<Answer> {
  const answers: Answer[] = []
  for (const kind of ['plain', 'active'] as const) {
    const name = `allocated-${kind}`
    const programs = await Promise.all(
      TRACERS.map(tracer =>
        startProgram('programs/allocation.mjs', [tracer, sink.url(`${name}-${tracer}`)], {
          execArgv: ['--expose-gc', ...YOUNG_GENERATION],
        }),
      ),
    )
    const bytes = await takeTurns(TRACERS, { rounds, warmUpRounds: WARM_UP_ALLOCATIONS }, async tracer => {
      const question = { kind, spans: SPANS_PER_ALLOCATION }
      return (await programs[TRACERS.indexOf(tracer)]!.ask<{ bytes: number }>(question)).bytes
    }).finally(() => {
      for (const { close } of programs) close()
    })
    const expected = SPANS_PER_ALLOCATION * (WARM_UP_ALLOCATIONS + rounds)
    for (const tracer of TRACERS) await sink.assertCount(`${name}-${tracer}`, expected)
    answers.push({
      rows: TRACERS.map(tracer => row(name, tracer, 'bytes', bytes[tracer])),
      ratios: [
        ratio(
          name,
          'opentelemetry',
          perRound(bytes.blueprint, bytes.opentelemetry, (ours, theirs) => ours / theirs),
        ),
      ],
    })
  }
  return { rows: answers.flatMap(({ rows }) => rows), ratios: answers.flatMap(({ ratios }) => ratios) }
}
