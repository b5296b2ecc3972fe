import { setTimeout as sleep } from 'node:timers/promises'
import { type Program, startProgram } from './program.ts'
import { clearProgress, showProgress } from './progress.ts'
import { median } from './statistics.ts'

/** What one round cost, in ns a span: on the caller's thread, and as processor time of the whole process until acknowledged. */
export interface RoundCost {
  readonly callerNs: number
  readonly totalNs: number
  readonly spans: number
  /** How many of them the sink did not receive; without `acceptsLoss` always 0. */
  readonly lostSpans: number
}

export interface Contest {
  readonly contenders: readonly string[]
  /** Which of its rounds each contender runs; one that has no such rounds gets no costs. */
  readonly kind: string
  readonly spansPerRound: number
  /** At most: it ends before where no contender becomes faster or slower any more. */
  readonly warmUpRounds: number
  readonly rounds: number
  /** Ends the contest early, but not before MIN_ROUNDS. */
  readonly budgetMs?: number
  /** Whether a contender that loses spans gets costs, with their number; otherwise the contest fails. */
  readonly acceptsLoss?: boolean
  /** In place of the size of bursts that a contender is known to hold. */
  readonly spansPerBurst?: number
}

const MIN_WARM_UP_ROUNDS = 6
const MIN_ROUNDS = 7
/** Two times so many rounds are compared to tell whether a contender is warm, and may differ by so much. */
const WARM_ROUNDS = 3
const WARM_TOLERANCE = 0.05
/** For so long without a further span the sink is waited for once a contender says that all are sent; some try again later. */
const ARRIVAL_MS = 5_000

/** What a contender says first. */
interface Ready {
  readonly kinds: readonly string[]
}

interface Contender {
  readonly name: string
  readonly program: Program
  readonly costs: RoundCost[]
  expected: number
}

/** Rounds of all contenders in turn (A B C A B C), each in its own process. */
export async function runContest(contest: Contest): Promise<Record<string, RoundCost[]>> {
  const sink = await startSink()
  const all: Contender[] = []
  try {
    for (const name of contest.contenders) {
      const program = await startProgram('contender-process.mjs', [fileOf(name), sink.url(name)])
      all.push({ name, program, costs: [], expected: 0 })
    }
    const contenders = all.filter(({ program }) => (program.ready as Ready).kinds.includes(contest.kind))
    const end = performance.now() + (contest.budgetMs ?? Number.POSITIVE_INFINITY)
    const isOver = (): boolean => performance.now() > end
    const warmUp = await warmUpUntilStable(contest, contenders, sink, isOver)
    for (let round = 0; round < contest.rounds && (round < MIN_ROUNDS || !isOver()); round++) {
      showProgress(`${label(contest)}: round ${round + 1} of ${contest.rounds}`)
      for (const contender of contenders) contender.costs.push(await runRound(contest, contender, sink))
    }
    return Object.fromEntries(all.map(({ name, costs }) => [name, costs.slice(warmUp)]))
  } finally {
    for (const { program } of all) program.close()
    sink.close()
    clearProgress()
  }
}

/** Gives how many rounds it took. */
async function warmUpUntilStable(
  contest: Contest,
  contenders: readonly Contender[],
  sink: Sink,
  isOver: () => boolean,
): Promise<number> {
  for (let round = 0; round < contest.warmUpRounds; round++) {
    if (round >= MIN_WARM_UP_ROUNDS && (isOver() || contenders.every(isWarm))) return round
    showProgress(`${label(contest)}: warming up, round ${round + 1} of at most ${contest.warmUpRounds}`)
    for (const contender of contenders) contender.costs.push(await runRound(contest, contender, sink))
  }
  return contest.warmUpRounds
}

function isWarm({ costs }: Contender): boolean {
  const last = median(costs.slice(-WARM_ROUNDS).map(({ callerNs }) => callerNs))
  const before = median(costs.slice(-2 * WARM_ROUNDS, -WARM_ROUNDS).map(({ callerNs }) => callerNs))
  return Math.abs(last - before) <= WARM_TOLERANCE * before
}

async function runRound(contest: Contest, contender: Contender, sink: Sink): Promise<RoundCost> {
  const { kind, spansPerRound: spans, spansPerBurst, acceptsLoss = false } = contest
  const { name, program } = contender
  const cost = await program.ask<Pick<RoundCost, 'callerNs' | 'totalNs'>>({ kind, spans, spansPerBurst })
  // The floor sends nothing.
  if (name === 'floor') return { ...cost, spans, lostSpans: 0 }
  contender.expected += spans
  const arrived = await sink.awaitCount(name, contender.expected)
  const lostSpans = contender.expected - arrived
  if (lostSpans !== 0 && !acceptsLoss) {
    throw new Error(`invalid: the sink has ${arrived} of ${contender.expected} spans of ${name}`)
  }
  contender.expected = arrived
  return { ...cost, spans, lostSpans }
}

interface Sink extends Program {
  url(name: string): string
  /** Waits for spans that are on their way; gives how many there are by then. */
  awaitCount(name: string, expected: number): Promise<number>
}

async function startSink(): Promise<Sink> {
  const program = await startProgram('sink.mjs', [], { execArgv: [] })
  const { port } = program.ready as { readonly port: number }
  return {
    ...program,
    url: name => `http://127.0.0.1:${port}/${fileOf(name)}`,
    async awaitCount(name, expected) {
      for (let [arrived, end] = [-1, 0]; ; await sleep(10)) {
        const { count } = await program.ask<{ count: number }>(`/${fileOf(name)}`)
        if (count > arrived) [arrived, end] = [count, performance.now() + ARRIVAL_MS]
        if (count >= expected || performance.now() > end) return count
      }
    },
  }
}

/** "opentelemetry (defaults)" is contenders/opentelemetry-defaults.mjs. */
function fileOf(name: string): string {
  return name.replace(/ \((.*)\)/, '-$1')
}

function label({ kind, contenders }: Contest): string {
  return `${kind}: ${contenders.length} contenders`
}
