import { type Program, startProgram } from '../program.ts'
import { clearProgress, showProgress } from '../progress.ts'
import { type Answer, type Row, ratio, row } from '../report.ts'
import { type OtlpSink, startOtlpSink } from '../sinks/otlp.ts'

export const title = 'sustained: the highest rate at which one producer loses nothing for 10 s, with a local collector'

const SUBJECTS = ['blueprint', 'opentelemetry'] as const

const WARM_UP_SECONDS = 2
/** Up where the run before held, else down. */
const SEARCH = [
  { seconds: 3, step: 1.3 },
  { seconds: 2, step: 1.15 },
  { seconds: 2, step: 1.07 },
]
const CONFIRMATION_SECONDS = 10
const MAX_CONFIRMATIONS = 5
const STEP_DOWN = 0.75
/** A rate that the producer does not reach is not sustained, nor one that leaves more behind than this. */
const MIN_SHARE_OF_RATE = 0.97
const MAX_DRAIN_MS = 1_000

interface Recorded {
  readonly recorded: number
  readonly recordingMs: number
  readonly drainMs: number
}

interface Run extends Recorded {
  readonly arrived: number
}

export async function answer(): Promise<Answer> {
  const sink = await startOtlpSink()
  try {
    const rates: number[] = []
    for (const subject of SUBJECTS) rates.push(await sustainedRate(subject, sink))
    const [ours, theirs] = rates as [number, number]
    return {
      rows: SUBJECTS.map((subject, index): Row => row('sustained', subject, 'spans/s', [rates[index]!])),
      ratios: [
        ratio('sustained', 'spans/s', [ours], 'at least'),
        ratio('sustained', 'opentelemetry', [ours / theirs], 'at least'),
      ],
    }
  } finally {
    sink.close()
  }
}

async function sustainedRate(subject: string, sink: OtlpSink): Promise<number> {
  const program = await startProgram('programs/sustained.mjs', [subject, sink.url(subject)])
  try {
    let candidate = await search(program, subject, sink)
    for (let confirmation = 0; confirmation < MAX_CONFIRMATIONS; confirmation++) {
      const run = await runOnce(program, subject, sink, CONFIRMATION_SECONDS, candidate)
      if (isSustained(run, candidate)) return perSecond(run.recorded, run.recordingMs)
      candidate *= STEP_DOWN
    }
    throw new Error(`no rate of ${subject} down to ${candidate} spans/s held for ${CONFIRMATION_SECONDS} s`)
  } finally {
    program.close()
  }
}

/** A rate that held for a short time; starts from what arrives of a producer at full speed. */
async function search(program: Program, subject: string, sink: OtlpSink): Promise<number> {
  const { arrived, recordingMs, drainMs } = await runOnce(program, subject, sink, WARM_UP_SECONDS)
  let candidate = perSecond(arrived, recordingMs + drainMs)
  let best: number | undefined
  for (const { seconds, step } of SEARCH) {
    const held = isSustained(await runOnce(program, subject, sink, seconds, candidate), candidate)
    if (held) best = Math.max(candidate, best ?? 0)
    candidate = held ? candidate * step : candidate / step
  }
  return best ?? candidate
}

/** Without a rate: as fast as it can. */
async function runOnce(
  program: Program,
  subject: string,
  sink: OtlpSink,
  seconds: number,
  spansPerSecond?: number,
): Promise<Run> {
  showProgress(`${subject}: ${spansPerSecond?.toFixed(0) ?? 'as many as it can'} spans/s for ${seconds} s`)
  const before = await sink.count(subject)
  const recorded = await program.ask<Recorded>({ seconds, spansPerSecond })
  clearProgress()
  return { ...recorded, arrived: (await sink.count(subject)) - before }
}

function isSustained({ recorded, recordingMs, drainMs, arrived }: Run, spansPerSecond: number): boolean {
  const isReached = perSecond(recorded, recordingMs) >= MIN_SHARE_OF_RATE * spansPerSecond
  return isReached && arrived === recorded && drainMs <= MAX_DRAIN_MS
}

function perSecond(count: number, ms: number): number {
  return (count * 1000) / ms
}
