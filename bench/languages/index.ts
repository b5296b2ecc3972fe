import { type Program, startProgram } from '../program.ts'
import { type Answer, ratio, row } from '../report.ts'
import { type OtlpSink, startOtlpSink } from '../sinks/otlp.ts'
import { perRound, takeTurns } from '../turns.ts'
import { type RunningProgram, startLineProgram } from './line-program.ts'
import { type LanguageProgram, TOOLCHAINS } from './toolchains.ts'

const SPANS_PER_ROUND = 10_000
const WARM_UP_ROUNDS = 10
/** As contender-process.mjs runs them. */
const OWN = ['blueprint', 'opentelemetry', 'floor'] as const

/**
 * An active span with five attributes in other languages, with their batch processors and exporters that count, beside ours,
 * OpenTelemetry JS and the floor, in turns. A language whose toolchain or packages are missing is named on stderr and left out.
 */
export async function measureLanguages(rounds: number): Promise<Answer> {
  const others = buildAll()
  const sink = await startOtlpSink()
  const running = new Map<string, RunningProgram>()
  try {
    for (const name of OWN) running.set(name, await startOwn(name, sink))
    for (const program of others) running.set(program.subject, startLineProgram(program))
    const ns = await takeTurns([...running.keys()], { rounds, warmUpRounds: WARM_UP_ROUNDS }, subject =>
      running.get(subject)!.round(SPANS_PER_ROUND),
    )
    for (const name of ['blueprint', 'opentelemetry']) {
      await sink.assertCount(name, SPANS_PER_ROUND * (WARM_UP_ROUNDS + rounds))
    }
    return evaluate(ns)
  } finally {
    for (const { close } of [...running.values(), sink]) close()
  }
}

function buildAll(): LanguageProgram[] {
  return TOOLCHAINS.flatMap(({ language, build }) => {
    try {
      return build()
    } catch (error) {
      const [reason] = String((error as Error).message).split('\n')
      console.error(`  ${language} is left out: ${reason}`)
      return []
    }
  })
}

async function startOwn(name: string, sink: OtlpSink): Promise<RunningProgram> {
  const program: Program = await startProgram('contender-process.mjs', [name, sink.url(name)])
  return {
    round: async spans => (await program.ask<{ callerNs: number }>({ kind: 'active', spans })).callerNs,
    close: () => program.close(),
  }
}

function evaluate(ns: Record<string, number[]>): Answer {
  const { blueprint = [], ...rivals } = ns
  return {
    rows: Object.entries(ns).map(([subject, values]) => row('span-languages', subject, 'ns', values)),
    ratios: Object.entries(rivals).map(([rival, values]) =>
      ratio(
        'span-languages',
        rival,
        perRound(blueprint, values, (ours, theirs) => ours / theirs),
      ),
    ),
  }
}
