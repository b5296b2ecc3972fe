import type { ExporterOptions } from '../../src/types/options.ts'
import { type Program, startProgram } from '../program.ts'
import { type Answer, ratio, row } from '../report.ts'
import { type OtlpSink, startOtlpSink } from '../sinks/otlp.ts'
import { type StandIns, startStandIns } from '../sinks/stand-ins.ts'
import { takeTurns } from '../turns.ts'

export const title = 'tail: how long one span keeps the thread that records it, at a steady rate, by exporter'

/** A second and a half, and half of that: the slower rate has fewer spans to tell percentiles from. */
const PACES = [
  { spansPerSecond: 2_000, spans: 3_000 },
  { spansPerSecond: 10_000, spans: 7_500 },
] as const
const MAX_ROUNDS = 3
const RIVALS = ['floor', 'opentelemetry']
const PERCENTILES = { p50: 'p50', p99: 'p99', p999: 'p99.9', max: 'max' } as const
/** As programs/tail.mjs records before the first round. */
const WARM_UP_SPANS = 20_000

type Percentiles = Readonly<Record<keyof typeof PERCENTILES, number>>

export async function answer(wantedRounds: number): Promise<Answer> {
  const rounds = Math.min(wantedRounds, MAX_ROUNDS)
  const sink = await startOtlpSink()
  const standIns = await startStandIns()
  const programs = new Map<string, Program>()
  try {
    const exporters = { otlp: { kind: 'otlp', url: sink.url('otlp') } as const, ...standIns.exporters }
    await startAll(programs, exporters, sink, standIns)
    const answers: Answer[] = []
    for (const pace of PACES) {
      const measured = await takeTurns([...programs.keys()], { rounds }, subject =>
        programs.get(subject)!.ask<Percentiles>(pace),
      )
      answers.push(evaluate(pace.spansPerSecond, measured))
    }
    const expected = WARM_UP_SPANS + rounds * PACES.reduce((sum, { spans }) => sum + spans, 0)
    for (const subject of ['otlp', 'opentelemetry']) await sink.assertCount(subject, expected)
    return { rows: answers.flatMap(({ rows }) => rows), ratios: answers.flatMap(({ ratios }) => ratios) }
  } finally {
    for (const { close } of [...programs.values(), sink, standIns]) close()
  }
}

async function startAll(
  programs: Map<string, Program>,
  exporters: Readonly<Record<string, ExporterOptions>>,
  sink: OtlpSink,
  { env }: StandIns,
): Promise<void> {
  // The console exporter writes to stderr, which goes nowhere here.
  const start = (args: readonly string[]) =>
    startProgram('programs/tail.mjs', args, { env, stdio: ['ignore', 'inherit', 'ignore', 'ipc'] })
  programs.set('floor', await start(['floor']))
  programs.set('opentelemetry', await start(['opentelemetry', sink.url('opentelemetry')]))
  programs.set('custom', await start(['custom']))
  for (const [name, options] of Object.entries(exporters)) {
    programs.set(name, await start(['blueprint', JSON.stringify(options)]))
  }
}

function evaluate(spansPerSecond: number, measured: Record<string, Percentiles[]>): Answer {
  const exporters = Object.entries(measured).filter(([subject]) => !RIVALS.includes(subject))
  return {
    rows: Object.entries(measured).flatMap(([subject, percentiles]) =>
      Object.entries(PERCENTILES).map(([key, name]) =>
        row(
          `${name}-${spansPerSecond}`,
          subject,
          'µs',
          percentiles.map(each => each[key as keyof Percentiles]),
        ),
      ),
    ),
    ratios: exporters.map(([subject, percentiles]) =>
      ratio(
        `p99.9-${spansPerSecond}-${subject}`,
        'µs',
        percentiles.map(({ p999 }) => p999),
      ),
    ),
  }
}
