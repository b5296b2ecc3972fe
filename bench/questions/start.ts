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
  const off: StartCost[] = []
  const on: StartCost[] = []
  for (let round = 0; round < rounds; round++) {
    off.push(startOnce('off'))
    on.push(startOnce('on'))
  }
  const figures: readonly [string, number[]][] = [
    ['import-off', off.map(cost => cost.importMs)],
    ['init-on', on.map(cost => cost.initMs)],
    ['first-span-on', on.map(cost => cost.firstSpanMs)],
  ]
  return {
    rows: figures.map(([name, values]) => row(name, 'blueprint', 'ms', values)),
    ratios: figures.map(([name, values]) => ratio(name, 'ms', values)),
  }
}

function startOnce(mode: 'off' | 'on'): StartCost {
  const program = join(import.meta.dirname, '../start-process.mjs')
  return JSON.parse(execFileSync(process.execPath, [program, mode], { encoding: 'utf8' }))
}
