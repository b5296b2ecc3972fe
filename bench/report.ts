import { readFileSync } from 'node:fs'
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
  /** Where the row is a point of a curve: what grows. */
  readonly x?: number
  /** Why the figure stands for nothing. */
  readonly invalid?: string
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
  /** By the median. */
  readonly aimMet: boolean | undefined
}

export interface Answer {
  readonly rows: readonly Row[]
  readonly ratios: readonly Ratio[]
  /** What the reader should know, such as what could not be measured here. */
  readonly notes?: readonly string[]
}

/** What the command line says to each question, beside the number of rounds. */
export interface Settings {
  /** Only what the gate is about. */
  readonly quick: boolean
}

type Targets = Record<string, Record<string, { must?: number; aim?: number }>>
const targets: Targets = JSON.parse(readFileSync(join(import.meta.dirname, 'targets.json'), 'utf8'))

export function row(
  name: string,
  subject: string,
  unit: string,
  values: readonly number[],
  more: Pick<Row, 'x' | 'invalid'> = {},
): Row {
  return { name, subject, unit, ...summarise(values), rounds: values.length, ...more }
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
  const meets = (figure: number, target: number): boolean => (bound === 'at most' ? figure <= target : figure >= target)
  return {
    name,
    against,
    value,
    low,
    high,
    must,
    aim,
    bound,
    // A must is missed only when the whole interval says so: these machines are shared.
    ok: must === undefined || meets(bound === 'at most' ? low : high, must),
    aimMet: aim === undefined ? undefined : meets(value, aim),
  }
}
