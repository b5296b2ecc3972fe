import { figure } from '../figures.ts'
import type { Machine } from '../machine.ts'
import type { Row } from '../report.ts'
import { bar, colourOf, line, picture, TOP, text, WIDTH } from './svg.ts'

const LINE_HEIGHT = 32
const BAR_HEIGHT = 18
const LEFT = 190
const RIGHT = 120

/** A bar from 0 to the median of each subject, with its interval. */
export function drawBars(name: string, rows: readonly Row[], machine: Machine): string {
  const scale = (WIDTH - LEFT - RIGHT) / Math.max(...rows.map(({ high }) => high), Number.MIN_VALUE)
  const content = rows.flatMap(({ subject, median, low, high, unit }, index) => {
    const y = TOP + index * LINE_HEIGHT
    const middle = y + BAR_HEIGHT / 2
    return [
      text(LEFT - 10, middle + 4, subject, { anchor: 'end' }),
      bar(LEFT, y, Math.max(0, median * scale), BAR_HEIGHT, colourOf(subject === 'blueprint' ? 0 : 1)),
      ...whisker(LEFT + Math.max(0, low * scale), LEFT + Math.max(0, high * scale), middle),
      text(LEFT + Math.max(0, high * scale) + 10, middle + 4, `${figure(median)} ${unit}`),
    ]
  })
  return picture(`${name}, ${rows[0]!.unit}: median and 95 % interval`, rows.length * LINE_HEIGHT, content, machine)
}

function whisker(from: number, to: number, y: number): string[] {
  return [line(from, y, to, y), line(from, y - 5, from, y + 5), line(to, y - 5, to, y + 5)]
}
