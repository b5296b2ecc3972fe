import { figure } from '../figures.ts'
import type { Machine } from '../machine.ts'
import type { Row } from '../report.ts'
import { colourOf, curve, dot, line, picture, TOP, text, WIDTH } from './svg.ts'

const HEIGHT = 280
const LEFT = 80
const RIGHT = 30
const BELOW = 46
const GRID_LINES = 4
const GRID = '#d9dee2'
/** From this ratio of the last x to the first on, x is drawn by its logarithm. */
const LOGARITHMIC_FROM = 20

/** A curve for each subject over x, from 0 up, with the interval at each point. */
export function drawCurves(name: string, rows: readonly Row[], machine: Machine): string {
  const { toX, toY, maxY } = createScales(rows)
  const content = [
    ...grid(maxY, toY),
    ...[...new Set(rows.map(({ x }) => x!))].map(x => tick(x, toX(x))),
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

interface Scales {
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
  const maxY = Math.max(...rows.map(({ high }) => high), Number.MIN_VALUE) * 1.05
  return {
    maxY,
    toX: x => LEFT + ((place(x) - place(first)) / span) * (WIDTH - LEFT - RIGHT),
    toY: y => TOP + HEIGHT - (Math.max(0, y) / maxY) * HEIGHT,
  }
}

function grid(maxY: number, toY: Scales['toY']): string[] {
  return Array.from({ length: GRID_LINES + 1 }, (_, index) => (index * maxY) / GRID_LINES).flatMap(value => [
    line(LEFT, toY(value), WIDTH - RIGHT, toY(value), GRID),
    text(LEFT - 8, toY(value) + 4, figure(value), { anchor: 'end', size: 11 }),
  ])
}

function tick(x: number, at: number): string {
  return text(at, TOP + HEIGHT + 18, figure(x), { anchor: 'middle', size: 11 })
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
