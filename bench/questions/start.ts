import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { type Answer, ratio, row } from '../report.ts'

export const title = 'start: what a program pays before its first span'

interface StartCost {
  readonly importMs: number
  readonly initMs: number
  readonly firstSpanMs: number
}

export async function answer(rounds: number): Promise<Answer> {
  const costs = {
    off: [] as StartCost[],
    on: [] as StartCost[],
    nothing: [] as StartCost[],
    opentelemetry: [] as StartCost[],
  }
  for (let round = 0; round < rounds; round++) {
    for (const [subject, measured] of Object.entries(costs)) measured.push(startOnce(subject))
  }
  const { off, on, nothing, opentelemetry } = costs
  const figures: readonly [name: string, subject: string, values: number[]][] = [
    ['import-off', 'blueprint', off.map(cost => cost.importMs)],
    ['import', 'nothing', nothing.map(cost => cost.importMs)],
    ['import', 'opentelemetry', opentelemetry.map(cost => cost.importMs)],
    ['init-on', 'blueprint', on.map(cost => cost.initMs)],
    ['first-span-on', 'blueprint', on.map(cost => cost.firstSpanMs)],
  ]
  return {
    rows: figures.map(([name, subject, values]) => row(name, subject, 'ms', values)),
    ratios: [
      ratio(
        'import-off',
        'ms',
        off.map(cost => cost.importMs),
      ),
      ratio(
        'import-off',
        'opentelemetry',
        off.map(({ importMs }, round) => importMs / opentelemetry[round]!.importMs),
      ),
      ratio(
        'init-on',
        'ms',
        on.map(cost => cost.initMs),
      ),
    ],
  }
}

function startOnce(subject: string): StartCost {
  const program = join(import.meta.dirname, '../start-process.mjs')
  return JSON.parse(execFileSync(process.execPath, [program, subject], { encoding: 'utf8' }))
}
