import type { Chart } from './charts.ts'
import { figure, interval, target } from './figures.ts'
import { formatMachine } from './machine.ts'
import type { Ratio, Row } from './report.ts'
import type { Results } from './results.ts'

export function formatMarkdown(results: Results, charts: readonly Chart[]): string {
  const { rows, ratios, titles, notes } = results
  const sections = Object.entries(titles).flatMap(([question, title]) => [
    `## ${title}`,
    ...charts.filter(chart => chart.question === question).map(({ file, title }) => `![${title}](${file})`),
    table(
      ['what', 'of', 'median', '95 % interval', 'rounds'],
      rows.filter(row => row.question === question).map(cellsOfRow),
    ),
    table(
      ['ratio', 'against', 'median', '95 % interval', 'must', 'aim'],
      ratios.filter(ratio => ratio.question === question).map(cellsOfRatio),
    ),
  ])
  const parts = ['# Results', `${formatMachine(results)}.`, ...sections, ...notes]
  return `${parts.filter(part => part !== '').join('\n\n')}\n`
}

function cellsOfRow(row: Row): string[] {
  const { name, subject, unit, median, rounds, x, invalid } = row
  const what = x === undefined ? name : `${name} at ${figure(x)}`
  const valid = [`${figure(median)} ${unit}`, interval(row)]
  return [what, subject, ...(invalid === undefined ? valid : [`invalid: ${invalid}`, '']), String(rounds)]
}

function cellsOfRatio(ratio: Ratio): string[] {
  const { name, against, value, must, aim, ok, aimMet } = ratio
  return [
    name,
    against,
    figure(value),
    interval(ratio),
    must === undefined ? '' : `${target(ratio, must)}: ${ok ? 'met' : '**missed**'}`,
    aim === undefined ? '' : `${target(ratio, aim)}: ${aimMet ? 'met' : 'missed'}`,
  ]
}

function table(head: readonly string[], lines: readonly string[][]): string {
  if (lines.length === 0) return ''
  return [head, head.map(() => '---'), ...lines].map(cells => `| ${cells.join(' | ')} |`).join('\n')
}
