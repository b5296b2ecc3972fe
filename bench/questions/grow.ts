import { type Program, startProgram } from '../program.ts'
import { type Answer, type Ratio, type Row, ratio, row } from '../report.ts'
import { startOtlpSink } from '../sinks/otlp.ts'
import { takeTurns } from '../turns.ts'

export const title = 'grow: what a span costs its thread among many, with many attributes, and with many open at once'

interface Curve {
  readonly kind: 'spans' | 'attributes' | 'open'
  readonly points: readonly number[]
  /** In a round at x, in one synchronous loop. */
  spansAt(x: number): number
  readonly maxRounds: number
}

const CURVES: readonly Curve[] = [
  { kind: 'spans', points: [100, 1_000, 10_000, 100_000, 1_000_000], spansAt: x => x, maxRounds: 5 },
  { kind: 'attributes', points: [1, 2, 4, 8, 16, 32, 64, 128], spansAt: () => 2_000, maxRounds: 15 },
  { kind: 'open', points: [1, 10, 100, 1_000, 10_000], spansAt: () => 20_000, maxRounds: 15 },
]
const WARM_UP_ROUNDS = 8
const WARM_UP_SPANS = 10_000

/** Rounds by x; `x` of a row is its place on the curve. */
type Costs = Readonly<Record<number, readonly number[]>>
type Point = Row & { readonly x: number }

export async function answer(rounds: number): Promise<Answer> {
  const sink = await startOtlpSink()
  const program = await startProgram('programs/grow.mjs', [sink.url('blueprint')])
  try {
    const measured: Record<string, Costs> = {}
    for (const curve of CURVES) measured[curve.kind] = await measure(program, curve, Math.min(rounds, curve.maxRounds))
    const { spans, attributes, open } = measured as Record<Curve['kind'], Costs>
    return {
      rows: CURVES.flatMap(({ kind, points }) => toRows(kind, points, measured[kind]!)),
      ratios: [
        flat('grow-spans', spans, 10_000, 1_000_000),
        flat('grow-open', open, 1, 10_000),
        linear('grow-attributes', attributes, [8, 32], [64, 128]),
      ],
    }
  } finally {
    for (const { close } of [program, sink]) close()
  }
}

async function measure(program: Program, { kind, points, spansAt }: Curve, rounds: number): Promise<Costs> {
  const ask = async (x: number, spans: number) => (await program.ask<{ ns: number }>({ kind, x, spans })).ns
  for (let round = 0; round < WARM_UP_ROUNDS; round++) await ask(points[round % points.length]!, WARM_UP_SPANS)
  return takeTurns(points.map(String), { rounds }, x => ask(Number(x), spansAt(Number(x))))
}

function toRows(kind: string, points: readonly number[], costs: Costs): Point[] {
  return points.map(x => ({ ...row(`grow-${kind}`, `${x} ${kind}`, 'ns', costs[x]!), x }))
}

/** A span at the far end against one at the near end: 1 where nothing grows. */
function flat(name: string, costs: Costs, near: number, far: number): Ratio {
  return ratio(
    name,
    `at ${near}`,
    costs[far]!.map((ns, round) => ns / costs[near]![round]!),
  )
}

/** What one more costs at the far end against one more at the near end: 1 where the cost is linear, 4.8 here where it is a square. */
function linear(name: string, costs: Costs, near: readonly [number, number], far: readonly [number, number]): Ratio {
  const slope = ([from, to]: readonly [number, number], round: number): number =>
    (costs[to]![round]! - costs[from]![round]!) / (to - from)
  return ratio(
    name,
    `slope at ${near.join('–')}`,
    costs[far[1]]!.map((_, round) => slope(far, round) / slope(near, round)),
  )
}
