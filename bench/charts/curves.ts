import type { Machine } from '../machine.ts'
import type { Row } from '../report.ts'
import { colourOf, curve, dot, line, picture, TOP, text, WIDTH } from './svg.ts'

const HEIGHT = 280
const LEFT = 80
const RIGHT = 30
const BELOW = 46
/** At most. */
const GRID_LINES = 6
const GRID = '#d9dee2'
/** From this ratio of the last x to the first on, x is drawn by its logarithm. */
const LOGARITHMIC_FROM = 20

/** A curve for each subject over x, from 0 up, with the interval at each point. */
export function drawCurves(name: string, rows: readonly Row[], machine: Machine): string {
  const { toX, toY, step, maxY } = createScales(rows)
  const content = [
    ...grid(step, maxY, toY),
    ...[...new Set(rows.map(({ x }) => x!))].map(x => tick(x, toX(x))),
    ...xTitle(rows),
    ...seriesOf(rows).flatMap(([subject, points], index) => [
      ...drawSeries(points, colourOf(index), toX, toY),
      legend(subject, index),
    ]),
  ]
  return picture(`${name}, ${rows[0]!.unit}: median and 95 % interval`, HEIGHT + BELOW, content, machine)
}

/** One for each subject; where every point is a subject of its own, such as "100 spans", all are ours. */
function seriesOf(rows: readonly Row[]): [subject: string, points: Row[]][] {
  const subjects = [...new Set(rows.map(({ subject }) => subject))]
  const points = [...rows].sort((a, b) => a.x! - b.x!)
  if (subjects.length === rows.length) return [['blueprint', points]]
  return subjects.map(subject => [subject, points.filter(row => row.subject === subject)])
}

/** Of subjects such as "100 spans": what x counts. */
function xTitle(rows: readonly Row[]): string[] {
  const [, counted] = /^[\d,]+ (.+)$/.exec(rows[0]!.subject) ?? []
  return counted === undefined ? [] : [text(WIDTH - RIGHT, TOP + HEIGHT + 40, counted, { anchor: 'end', size: 11 })]
}

interface Scales {
  /** Between two grid lines: 1, 2 or 5 times a power of ten. */
  readonly step: number
  readonly maxY: number
  toX(x: number): number
  toY(y: number): number
}

function createScales(rows: readonly Row[]): Scales {
  const xs = rows.map(({ x }) => x!)
  const [first, last] = [Math.min(...xs), Math.max(...xs)]
  const isLogarithmic = first > 0 && last / first >= LOGARITHMIC_FROM
  const place = (x: number): number => (isLogarithmic ? Math.log(x) : x)
  const span = place(last) - place(first) || 1
  const highest = Math.max(...rows.map(({ high }) => high), Number.MIN_VALUE)
  const step = roundStep(highest / (GRID_LINES - 1))
  const maxY = Math.ceil(highest / step) * step
  return {
    step,
    maxY,
    toX: x => LEFT + ((place(x) - place(first)) / span) * (WIDTH - LEFT - RIGHT),
    toY: y => TOP + HEIGHT - (Math.max(0, y) / maxY) * HEIGHT,
  }
}

function roundStep(atLeast: number): number {
  const power = 10 ** Math.floor(Math.log10(atLeast))
  return power * [1, 2, 5, 10].find(factor => factor * power >= atLeast)!
}

function grid(step: number, maxY: number, toY: Scales['toY']): string[] {
  const values = Array.from({ length: Math.round(maxY / step) + 1 }, (_, index) => index * step)
  return values.flatMap(value => [
    line(LEFT, toY(value), WIDTH - RIGHT, toY(value), GRID),
    text(LEFT - 8, toY(value) + 4, rounded(value), { anchor: 'end', size: 11 }),
  ])
}

function tick(x: number, at: number): string {
  return text(at, TOP + HEIGHT + 18, rounded(x), { anchor: 'middle', size: 11 })
}

function rounded(value: number): string {
  return value.toLocaleString('en-GB', { maximumSignificantDigits: 6 })
}

function drawSeries(points: readonly Row[], colour: string, toX: Scales['toX'], toY: Scales['toY']): string[] {
  return [
    curve(
      points.map(({ x, median }) => [toX(x!), toY(median)]),
      colour,
    ),
    ...points.flatMap(({ x, median, low, high }) => [
      line(toX(x!), toY(low), toX(x!), toY(high), colour),
      dot(toX(x!), toY(median), colour),
    ]),
  ]
}

function legend(subject: string, index: number): string {
  return text(LEFT + index * 150, TOP + HEIGHT + 40, subject, { colour: colourOf(index), weight: '600' })
}
