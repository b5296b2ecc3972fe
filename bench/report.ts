import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { join } from 'node:path'
import { summarise } from './statistics.ts'

export interface Row {
  readonly name: string
  readonly subject: string
  readonly unit: string
  readonly median: number
  readonly low: number
  readonly high: number
  readonly rounds: number
}

export interface Ratio {
  readonly name: string
  readonly against: string
  readonly value: number
  readonly low: number
  readonly high: number
  readonly must: number | undefined
  readonly aim: number | undefined
  /** Which way the targets are meant. */
  readonly bound: 'at most' | 'at least'
  readonly ok: boolean
}

export interface Answer {
  readonly rows: readonly Row[]
  readonly ratios: readonly Ratio[]
}

type Targets = Record<string, Record<string, { must?: number; aim?: number }>>
const targets: Targets = JSON.parse(readFileSync(join(import.meta.dirname, 'targets.json'), 'utf8'))

export function row(name: string, subject: string, unit: string, values: readonly number[]): Row {
  return { name, subject, unit, ...summarise(values), rounds: values.length }
}

/** A ratio per round, then summarised: what disturbs a round disturbs both sides of it. */
export function ratio(
  name: string,
  against: string,
  values: readonly number[],
  bound: 'at most' | 'at least' = 'at most',
): Ratio {
  const { median: value, low, high } = summarise(values)
  const { must, aim } = targets[name]?.[against] ?? {}
  // A miss is a miss only when the whole interval says so: these machines are shared.
  const ok = must === undefined || (bound === 'at most' ? low <= must : high >= must)
  return { name, against, value, low, high, must, aim, bound, ok }
}

export function printAnswer({ rows, ratios }: Answer): void {
  for (const { name, subject, unit, median, low, high } of rows) {
    console.log(
      `  ${name.padEnd(14)} ${subject.padEnd(16)} ${figure(median)} ${unit}  (${figure(low)} – ${figure(high)})`,
    )
  }
  for (const { name, against, value, low, high, must, aim, bound, ok } of ratios) {
    const sign = bound === 'at most' ? '≤' : '≥'
    const targets = `must ${sign} ${figure(must ?? 0)}, aim ${sign} ${figure(aim ?? must ?? 0)}`
    const wanted = must === undefined ? '' : `  ${targets}: ${ok ? 'ok' : 'MISSED'}`
    console.log(
      `  ${name.padEnd(14)} / ${against.padEnd(14)} ${figure(value)}  (${figure(low)} – ${figure(high)})${wanted}`,
    )
  }
}

export function writeResults(answers: readonly Answer[]): void {
  const directory = join(import.meta.dirname, 'results')
  const [cpu] = cpus()
  const results = {
    node: process.version,
    cpu: cpu?.model ?? 'unknown',
    cores: cpus().length,
    commit: execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim(),
    rows: answers.flatMap(answer => answer.rows),
    ratios: answers.flatMap(answer => answer.ratios),
  }
  mkdirSync(directory, { recursive: true })
  writeFileSync(join(directory, 'latest.json'), `${JSON.stringify(results, null, 2)}\n`)
}

function figure(value: number): string {
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(3)
}
